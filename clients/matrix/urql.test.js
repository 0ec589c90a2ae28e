// urql, with its exchanges for authentication, a normalized cache, and subscriptions:
// https://nearform.com/open-source/urql/docs/advanced/authentication/

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { introspectionFromSchema } from 'graphql';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

import { currentSchema } from '../schema/schema.js';
import { documents, ENDPOINT, followChanges, mainJob, newAccount, Session, socketUrl } from './job.js';

const schema = introspectionFromSchema(currentSchema());

function clientOf(session, options = {}) {
  const socket = createSocketClient({ url: socketUrl(session.url), webSocketImpl: WebSocket, connectionParams: session.headers });
  const client = new Client({
    url: session.url,
    exchanges: [
      cacheExchange({ schema, resolvers: { Query: { myDogs: relayPagination() } } }),
      authExchange(async (utils) => ({
        addAuthToOperation: (operation) => utils.appendHeaders(operation, session.headers()),
        didAuthError: (error) => error.graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED'),
        refreshAuth: async () => {
          // urql sends the refresh with the expired token, too.
          const { data } = await utils.mutate(documents.Refresh, { input: { refreshToken: session.refreshToken } });
          session.take(data.refreshSession);
          session.refreshes += 1;
        },
      })),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
    ...options,
  });
  return {
    session,
    execute: async (name, variables) => {
      const send = /^mutation/.test(documents[name]) ? client.mutation : client.query;
      const { data, error } = await send.call(client, documents[name], variables).toPromise();
      if (error) {
        throw error;
      }
      return data;
    },
    subscribe: (name, variables, { next }) => client.subscription(documents[name], variables).subscribe(next).unsubscribe,
    errorsOf: (error) => error.graphQLErrors,
  };
}

for (const [transport, options] of Object.entries({ 'a WebSocket': {}, 'server-sent events': { fetchSubscriptions: true } })) {
  test(`urql does the main job, and follows changes by ${transport}`, async () => {
    const client = clientOf(new Session(), options);
    await mainJob({ ...client, pages: [['Bello', 'Fifi'], ['Bello', 'Fifi', 'Rex']] });
    await followChanges(client);
  });
}

test('urql refreshes an expired token, and sends the operation again', async () => {
  const { session, execute } = clientOf(new Session());
  session.take((await execute('SignUp', { input: newAccount() })).signup);
  session.expire();
  assert.equal((await execute('Dogs', {})).myDogs.totalCount, 0);
  assert.equal(session.refreshes, 1);
});
