// A gateway of @graphql-tools/url-loader and stitching, in front of Kennel and of a schema of its own:
// https://the-guild.dev/graphql/stitching/docs/approaches/type-merging

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stitchSchemas } from '@graphql-tools/stitch';
import { SubscriptionProtocol, UrlLoader } from '@graphql-tools/url-loader';
import { schemaFromExecutor } from '@graphql-tools/wrap';
import { buildSchema, execute as run, parse, subscribe } from 'graphql';

import { documents, ENDPOINT, followChanges, mainJob, Session } from './job.js';

const executor = new UrlLoader().getExecutorAsync(ENDPOINT, {
  headers: (request) => request?.context?.headers,
  subscriptionsProtocol: SubscriptionProtocol.SSE,
});

/** The other subschema: adds the parks of dogs. */
const walks = buildSchema(`
  type Dog { id: ID! park: String! }
  type Query { walked(ids: [ID!]!): [Dog!]! }
`);
const rootValue = { walked: ({ ids }) => ids.map((id) => ({ id, park: `Park of ${id}` })) };

const schema = stitchSchemas({
  subschemas: [
    {
      schema: await schemaFromExecutor(executor),
      executor,
      batch: true,
      merge: { Dog: { selectionSet: '{ id }', fieldName: 'dog', args: ({ id }) => ({ id }) } },
    },
    {
      schema: walks,
      executor: ({ document, variables }) => run({ schema: walks, document, variableValues: variables, rootValue }),
      merge: { Dog: { selectionSet: '{ id }', fieldName: 'walked', key: ({ id }) => id, argsFromKeys: (ids) => ({ ids }) } },
    },
  ],
});

test('@graphql-tools/url-loader and stitching do the main job, follow changes, and merge dogs in both directions', async () => {
  const session = new Session(ENDPOINT);
  const args = (document, variableValues) => ({
    schema,
    document: parse(document),
    variableValues,
    contextValue: { headers: session.headers() },
  });
  const request = async (document, variables) => {
    const { data, errors } = await run(args(document, variables));
    if (errors) {
      throw errors;
    }
    return data;
  };
  const execute = (name, variables) => request(documents[name], variables);
  await mainJob({ session, execute });

  const { nodes } = (await request('{ myDogs { nodes { id name park } } }')).myDogs;
  assert.deepEqual(nodes.map(({ id, park }) => park), nodes.map(({ id }) => `Park of ${id}`));
  const { walked } = await request('query ($ids: [ID!]!) { walked(ids: $ids) { id park name } }', { ids: nodes.map(({ id }) => id) });
  assert.deepEqual(walked.map((dog) => ({ ...dog })), nodes.map((dog) => ({ ...dog })));

  await followChanges({
    execute,
    subscribe(name, variables, { next, error }) {
      const events = subscribe(args(documents[name], variables));
      events.then(async (iterator) => {
        for await (const event of iterator) {
          next(event);
        }
      }).catch(error);
      return () => events.then((iterator) => iterator.return());
    },
  });
});
