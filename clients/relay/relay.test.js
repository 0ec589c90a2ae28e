// Relay's compiler accepts the schema: connections, nodes, mutations and the subscription. The environment of docs/relay.md
// executes the compiled operations.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080), EXPIRING_SERVICE_URL that of one with
// `kennel.auth.access-token-lifetime=10s`: see matrix/job.js.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { printSchema } from 'graphql';

import { run } from '../apollo/build.js';
import { Changes, ENDPOINT, EXPIRING, expiring, newAccount } from '../matrix/job.js';
import { bundle } from '../pages/build.js';
import { currentSchema } from '../schema/schema.js';

const BUILT = fileURLToPath(new URL('../target/relay', import.meta.url));
const GENERATED = join(BUILT, 'src/__generated__');

test("Relay's compiler compiles fragments, pages in both directions, refetches by id, mutations and the feed", () => {
  rmSync(BUILT, { recursive: true, force: true });
  mkdirSync(BUILT, { recursive: true });
  for (const name of ['relay.config.json', 'src']) {
    cpSync(fileURLToPath(new URL(name, import.meta.url)), join(BUILT, name), { recursive: true });
  }
  writeFileSync(join(BUILT, 'schema.graphql'), printSchema(currentSchema()));

  run(BUILT, 'relay-compiler', 'relay.config.json');

  assert.deepEqual(readdirSync(GENERATED).sort(), [
    'DogListChangesSubscription.graphql.js',
    'DogListCreateDogMutation.graphql.js',
    'DogListCreateOwnerMutation.graphql.js',
    'DogListDeleteDogMutation.graphql.js',
    'DogListDogQuery.graphql.js',
    'DogListOwnerPaginationQuery.graphql.js',
    'DogListPaginationQuery.graphql.js',
    'DogListQuery.graphql.js',
    'DogListSignUpMutation.graphql.js',
    'DogList_dog.graphql.js',
    'DogList_owner.graphql.js',
    'DogList_query.graphql.js',
  ]);
});

test('Relay compiles pagination, refetching and mutations as intended', () => {
  const artifact = (name) => readFileSync(join(GENERATED, `${name}.graphql.js`), 'utf8');

  assert.match(artifact('DogList_query'), /"direction": "forward"/);
  assert.match(artifact('DogList_owner'), /"direction": "backward"/);
  // The fragment is refetched by id, with `node`.
  assert.match(artifact('DogListOwnerPaginationQuery'), /node\(id: \$id\)/);
  assert.match(artifact('DogListQuery'), /pageInfo[^}]*endCursor/);
});

test("the payload of a mutation is only nullable where an error is a null, as Relay's types know", () => {
  const built = fileURLToPath(new URL('../target/relay-types', import.meta.url));
  rmSync(built, { recursive: true, force: true });
  mkdirSync(join(built, 'src'), { recursive: true });
  const config = { src: './src', schema: './schema.graphql', language: 'typescript' };
  writeFileSync(join(built, 'relay.config.json'), JSON.stringify(config));
  // The published document: introspection does not expose applied directives.
  cpSync(fileURLToPath(new URL('../schema.graphql', import.meta.url)), join(built, 'schema.graphql'));
  const selection = 'createOwner(input: $input) { owner { name } }';
  writeFileSync(
    join(built, 'src/owners.ts'),
    `graphql\`mutation ownersNullableMutation($input: CreateOwnerInput!) { ${selection} }\`;
    graphql\`mutation ownersMutation($input: CreateOwnerInput!) { ...owners_created @arguments(input: $input) }\`;
    graphql\`fragment owners_created on Mutation
      @throwOnFieldError @argumentDefinitions(input: {type: "CreateOwnerInput!"}) { ${selection} }\`;`,
  );

  run(built, 'relay-compiler', 'relay.config.json');

  const types = (name) => readFileSync(join(built, 'src/__generated__', `${name}.graphql.ts`), 'utf8').replace(/\s+/g, ' ');
  const payload = 'readonly createOwner: { readonly owner: { readonly name: string; }; }';
  assert.ok(types('ownersNullableMutation').includes(`${payload} | null | undefined;`));
  assert.ok(types('owners_created').includes(`${payload};`));
});

/** A Relay environment, with promises for its operations. */
async function environmentOf(url) {
  const artifacts = readdirSync(GENERATED).filter((name) => !name.startsWith('DogList_')).map((name) => name.split('.')[0]);
  const relay = await bundle(
    'relay',
    [
      "export { createEnvironment } from './pages/environment.ts'; export { Session } from './pages/session.ts';",
      "export { commitMutation, createOperationDescriptor, fetchQuery, requestSubscription } from 'relay-runtime';",
      ...artifacts.map((name) => `export { default as ${name} } from './target/relay/src/__generated__/${name}.graphql.js';`),
    ].join('\n'),
  );
  const session = new relay.Session(url);
  const environment = relay.createEnvironment(url, session);
  const mutate = (name, variables) =>
    new Promise((resolve, reject) =>
      relay.commitMutation(environment, {
        mutation: relay[name],
        variables,
        onCompleted: (data, errors) => (errors?.length ? reject(errors) : resolve(data)),
        onError: reject,
      }),
    );
  return {
    session,
    mutate,
    query: (name, variables) => relay.fetchQuery(environment, relay[name], variables).toPromise(),
    /** The dogs of the first page in the store. */
    dogs() {
      const source = environment.getStore().getSource();
      const connection = source.getRecordIDs().find((id) => id.includes('__DogList_myDogs_connection'));
      return source
        .get(connection)
        .edges.__refs.filter((ref) => ref !== null)
        .map((ref) => source.get(source.get(ref).node.__ref).name);
    },
    subscribe(name, variables, { next, error }) {
      return relay.requestSubscription(environment, {
        subscription: relay.DogListChangesSubscription,
        variables,
        onNext: ({ myChanges }) => next({ data: { myChanges: { ...myChanges, node: { name: myChanges.nodeId } } } }),
        onError: error,
      }).dispose;
    },
    async cursor() {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...session.headers() },
        body: JSON.stringify({ query: '{ myChangesCursor }' }),
      });
      return (await response.json()).data.myChangesCursor;
    },
  };
}

async function signUp(environment) {
  const tokens = (await environment.mutate('DogListSignUpMutation', { input: newAccount() })).signup;
  environment.session.open(tokens);
  return tokens;
}

test('the environment signs up, adds, reads pages and refreshes an expired token', async () => {
  const environment = await environmentOf(ENDPOINT);
  const { mutate, query, session } = environment;
  const { refreshToken } = await signUp(environment);
  const { owner } = (await mutate('DogListCreateOwnerMutation', { input: { name: 'Ann' } })).createOwner;
  for (const name of ['Rex', 'Bello', 'Fifi']) {
    await mutate('DogListCreateDogMutation', { input: { name, ownerId: owner.id }, connections: [] });
  }
  session.open({ accessToken: 'expired', refreshToken });

  await query('DogListQuery', { count: 2 });

  assert.deepEqual(environment.dogs(), ['Bello', 'Fifi']);
  assert.notEqual(session.headers().authorization, 'Bearer expired');
  await assert.rejects(mutate('DogListCreateDogMutation', { input: { name: '', ownerId: owner.id }, connections: [] }), (errors) => {
    assert.deepEqual(errors.map(({ extensions }) => extensions.code), ['BAD_USER_INPUT']);
    return true;
  });
});

test('the environment follows changes, with a new token when its own has expired', expiring, async () => {
  const environment = await environmentOf(EXPIRING);
  const { mutate, session, subscribe, cursor } = environment;
  await signUp(environment);
  const before = session.headers().authorization;
  const changes = new Changes(subscribe, await cursor());
  const add = async (name) => (await mutate('DogListCreateOwnerMutation', { input: { name } })).createOwner.owner.id;
  const ann = await add('Ann');
  await changes.until(ann);

  while (session.headers().authorization === before) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const ben = await add('Ben');

  assert.deepEqual([...new Set(await changes.until(ben))], [`CREATED ${ann}`, `CREATED ${ben}`]);
  changes.stop();
});
