// Incremental delivery with Apollo Client 4 in both formats, and with urql in the format of its default Accept header.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080).

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { cacheExchange, Client, fetchExchange } from '@urql/core';

import { documents, ENDPOINT, newAccount, Session } from '../matrix/job.js';

const session = new Session();

const QUERY = `query Deferred {
  myOwners(orderBy: { field: NAME, direction: ASC }) {
    nodes { id name ...Dogs @defer }
  }
}
fragment Dogs on Owner { dogs { nodes { id name } } }`;

const STREAM = 'query Streamed { myOwners(orderBy: { field: NAME, direction: ASC }) { nodes @stream(initialCount: 1) { id name } } }';

const names = (data) => data.myOwners.nodes.map(({ name, dogs }) => [name, dogs?.nodes.map((dog) => dog.name)]);

const WITHOUT_DOGS = [['Ann', undefined], ['Bea', undefined]];

const WITH_DOGS = [['Ann', ['Rex of Ann']], ['Bea', ['Rex of Bea']]];

before(async () => {
  session.take((await session.request('SignUp', { input: newAccount() })).signup);
  for (const name of ['Ann', 'Bea']) {
    const input = { name, dogs: [{ name: `Rex of ${name}` }] };
    await fetch(ENDPOINT, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...session.headers() },
      body: JSON.stringify({ query: documents.CreateOwner, variables: { input } }),
    });
  }
});

for (const Handler of [GraphQL17Alpha9Handler, Defer20220824Handler]) {
  const responses = [];
  const client = () =>
    new ApolloClient({
      cache: new InMemoryCache(),
      incrementalHandler: new Handler(),
      link: new HttpLink({
        uri: ENDPOINT,
        headers: session.headers(),
        fetch: async (...args) => {
          const response = await fetch(...args);
          responses.push(response.headers.get('content-type'));
          return response;
        },
      }),
    });

  /** Returns all results that a query shows until it is complete. */
  const shown = (query) =>
    new Promise((resolve, reject) => {
      const states = [];
      client()
        .watchQuery({ query: gql(query) })
        .subscribe(({ data, dataState, loading, error }) => {
          if (error) {
            reject(error);
          }
          if (data !== undefined) {
            states.push([dataState, names(data)]);
          }
          if (!loading && dataState === 'complete') {
            resolve(states);
          }
        });
    });

  test(`Apollo Client shows the initial result before the deferred fragments (${Handler.name})`, async () => {
    const states = await shown(QUERY);

    assert.deepEqual(states.at(0), ['streaming', WITHOUT_DOGS]);
    assert.deepEqual(states.at(-1), ['complete', WITH_DOGS]);
    assert.match(responses.at(-1), /^multipart\/mixed/);
  });

  test(`Apollo Client finally shows all items of a stream (${Handler.name})`, async () => {
    const states = await shown(STREAM);

    // Parts in one chunk are shown as one result.
    assert.deepEqual(states.at(-1), ['complete', WITHOUT_DOGS]);
  });
}

test('Apollo Client without a handler for incremental delivery refuses the directives by itself', async () => {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: ENDPOINT, headers: session.headers() }) });

  await assert.rejects(client.query({ query: gql(QUERY) }));
});

for (const [kind, query, first, last] of [
  ['deferred fragments', QUERY, WITHOUT_DOGS, WITH_DOGS],
  ['streams', STREAM, WITHOUT_DOGS.slice(0, 1), WITHOUT_DOGS],
]) {
  test(`urql merges ${kind}`, async () => {
    const client = new Client({
      url: ENDPOINT,
      exchanges: [cacheExchange, fetchExchange],
      fetchOptions: () => ({ headers: session.headers() }),
      preferGetMethod: false,
    });

    const results = await new Promise((resolve, reject) => {
      const all = [];
      client.query(query, {}).subscribe(({ data, error, hasNext }) => {
        if (error) {
          reject(error);
        }
        all.push([hasNext, structuredClone(names(data))]);
        if (!hasNext) {
          resolve(all);
        }
      });
    });

    assert.deepEqual(results.at(0), [true, first]);
    assert.deepEqual(results.at(-1), [false, last]);
  });
}
