// Kennel as a subgraph: composed with another one, and behind Apollo's gateway, which forwards the caller's token.
// https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
//
// FEDERATION_SERVICE_URL is the URL of a service with `kennel.graphql.federation=true`. Without it, the tests are skipped, or
// fail in CI (`CI` is set).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import gatewayPackage from '@apollo/gateway';
import { buildSchema, graphql, parse } from 'graphql';

const { ApolloGateway, IntrospectAndCompose, RemoteGraphQLDataSource } = gatewayPackage;

const SERVICE = process.env.FEDERATION_SERVICE_URL;
if (SERVICE === undefined && process.env.CI) {
  throw new Error('FEDERATION_SERVICE_URL is not set');
}
const options = { skip: SERVICE === undefined && 'FEDERATION_SERVICE_URL is not set' };
const KENNEL = new URL('graphql', SERVICE ?? 'http://localhost:8080').href;

/** The other subgraph: adds the parks of dogs. */
const WALKS = readFileSync(new URL('walks.graphqls', import.meta.url), 'utf8');
const walks = buildSchema(`
  directive @link(url: String!, import: [String!]!) on SCHEMA
  directive @key(fields: String!) on OBJECT
  schema { query: Query }
  scalar _Any
  union _Entity = Dog
  type _Service { sdl: String! }
  ${WALKS}
  extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
`);
const dog = (id) => ({ __typename: 'Dog', id, park: `Park of ${id}` });
const rootValue = {
  walked: ({ ids }) => ids.map(dog),
  _entities: ({ representations }) => representations.map(({ id }) => dog(id)),
  _service: { sdl: WALKS },
};

/** The requests that the gateway has sent to Kennel. */
const asked = [];

let server;
let gateway;
let executor;

before(async () => {
  if (SERVICE === undefined) {
    return;
  }
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) {
      body += chunk;
    }
    const { query, variables } = JSON.parse(body);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(await graphql({ schema: walks, source: query, variableValues: variables, rootValue })));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  gateway = new ApolloGateway({
    supergraphSdl: new IntrospectAndCompose({
      subgraphs: [
        { name: 'kennel', url: KENNEL },
        { name: 'walks', url: `http://127.0.0.1:${server.address().port}/` },
      ],
    }),
    buildService: ({ name, url }) =>
      new RemoteGraphQLDataSource({
        url,
        willSendRequest({ request, context }) {
          if (name === 'kennel') {
            asked.push(request.query);
            if (context.token) {
              request.http.headers.set('Authorization', `Bearer ${context.token}`);
            }
          }
        },
      }),
  });
  ({ executor } = await gateway.load());
});

after(async () => {
  await gateway?.stop();
  server?.close();
});

/** Executes an operation at the gateway. */
function execute(query, variables, token) {
  return executor({
    request: { query, variables },
    document: parse(query),
    source: query,
    queryHash: query,
    operationName: undefined,
    context: { token },
    metrics: {},
    cache: new Map(),
    logger: console,
  });
}

/** Signs up through the gateway, and creates an owner with dogs. */
async function account() {
  const name = `u${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const { data } = await execute(
    'mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }',
    { input: { username: name, email: `${name}@example.com`, password: 'correct horse battery staple' } },
  );
  const token = data.signup.accessToken;
  const owner = await execute(
    'mutation { createOwner(input: {name: "Ann", dogs: [{name: "Rex"}, {name: "Ace"}]}) { owner { dogs { nodes { id name } } } } }',
    {},
    token,
  );
  return { token, dogs: owner.data.createOwner.owner.dogs.nodes };
}

const plain = (value) => JSON.parse(JSON.stringify(value));

test('subgraphs compose, and the other one adds a field to dogs', options, async () => {
  const { token, dogs } = await account();

  const { data, errors } = await execute('{ myDogs { nodes { id name park } } }', {}, token);

  assert.equal(errors, undefined);
  assert.deepEqual(plain(data.myDogs.nodes), dogs.map(({ id, name }) => ({ id, name, park: `Park of ${id}` })));
});

test('entities of another subgraph are read by one request, for the account of the caller only', options, async () => {
  const { token, dogs } = await account();
  const others = (await account()).dogs;
  asked.length = 0;

  const { data } = await execute(
    'query ($ids: [ID!]!) { walked(ids: $ids) { park name owner { name } } }',
    { ids: [...dogs, ...others].map(({ id }) => id) },
    token,
  );

  assert.deepEqual(plain(data.walked), [
    ...dogs.map(({ id, name }) => ({ park: `Park of ${id}`, name, owner: { name: 'Ann' } })),
    null,
    null,
  ]);
  assert.equal(asked.length, 1);
  assert.match(asked[0], /_entities\(representations: ?\$representations\)/);
});

test("without a token, Kennel's error reaches the client of the gateway", options, async () => {
  const { dogs } = await account();

  const { data, errors } = await execute('query ($ids: [ID!]!) { walked(ids: $ids) { name } }', { ids: [dogs[0].id] });

  assert.deepEqual(plain(data.walked), [null]);
  assert.equal(errors[0].extensions.code, 'UNAUTHENTICATED');
});
