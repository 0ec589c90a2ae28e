// Automatic persisted queries: a hash by GET, and the document only on the first use.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gql } from '@apollo/client';

import { CREATE_OWNER } from '../../target/apollo/dist/operations.js';
import { services, signUp } from './services.js';

/** A query with a unique name, which no earlier run has sent. */
const query = gql(`query Persisted${crypto.randomUUID().replaceAll('-', '')}($first: Int) {
  myOwners(first: $first) { totalCount nodes { name } }
}`);

for (const service of services) {
  test(`${service.driver}: a query is sent as a hash by GET, and its document only if it is not known`, async (t) => {
    const { client, wire } = await signUp(t, service, { persistedQueries: true });
    const name = query.definitions[0].name.value;
    const load = (first) => client.query({ query, variables: { first }, fetchPolicy: 'no-cache' });

    assert.equal((await load(1)).data.myOwners.totalCount, 0);
    const firstTime = wire.requests.filter((request) => request.operationName === name);
    assert.equal((await load(2)).data.myOwners.totalCount, 0);
    const requests = wire.requests.filter((request) => request.operationName === name).slice(firstTime.length);

    assert.deepEqual(firstTime.map(({ method, query: document }) => [method, document !== undefined]).at(0), ['GET', false]);
    assert.equal(firstTime.some(({ query: document }) => document !== undefined), true);
    assert.deepEqual(requests.map(({ method, query: document }) => [method, document !== undefined]), [['GET', false]]);
    assert.match(JSON.parse(requests[0].extensions).persistedQuery.sha256Hash, /^[0-9a-f]{64}$/);
  });

  test(`${service.driver}: a mutation is sent by POST, and its changes are not hidden by an HTTP cache`, async (t) => {
    const { client, wire } = await signUp(t, service, { persistedQueries: true });
    const load = () => client.query({ query, variables: { first: 3 }, fetchPolicy: 'no-cache' });
    assert.deepEqual((await load()).data.myOwners.nodes, []);

    await client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: 'Ann' } } });

    const sent = wire.requests.filter(({ operationName }) => operationName === 'CreateOwner');
    assert.deepEqual([...new Set(sent.map(({ method }) => method))], ['POST']);
    assert.deepEqual((await load()).data.myOwners.nodes.map((owner) => owner.name), ['Ann']);
  });

  test(`${service.driver}: an expired token is refreshed with persisted queries too`, async (t) => {
    const { client, wire } = await signUp(t, service, { persistedQueries: true });
    wire.expireTokens();

    const results = await Promise.all(
      [1, 2, 3, 4].map((first) => client.query({ query, variables: { first }, fetchPolicy: 'no-cache' })),
    );

    assert.deepEqual(results.map(({ data }) => data.myOwners.totalCount), [0, 0, 0, 0]);
    assert.equal(wire.count('Refresh'), 1);
  });
}
