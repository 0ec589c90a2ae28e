// graphql-request: https://github.com/graffle-js/graffle/tree/graphql-request

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { GraphQLClient } from 'graphql-request';

import { documents, ENDPOINT, mainJob, newAccount, Session } from './job.js';

function clientOf(session) {
  // As in its example of a middleware: an expired token is replaced before the request.
  const requestMiddleware = async (request) => {
    if (session.hasExpired()) {
      await session.refresh();
    }
    return { ...request, headers: { ...Object.fromEntries(new Headers(request.headers)), ...session.headers() } };
  };
  const client = new GraphQLClient(session.url, { requestMiddleware });
  return {
    session,
    execute: (name, variables) => client.request(documents[name], variables),
    errorsOf: (error) => error.response.errors,
  };
}

test('graphql-request does the main job', () => mainJob(clientOf(new Session())));

test('graphql-request refreshes an expired token in a middleware', async () => {
  const { session, execute } = clientOf(new Session());
  session.take((await execute('SignUp', { input: newAccount() })).signup);
  session.expire();
  assert.equal((await execute('Dogs', {})).myDogs.totalCount, 0);
  assert.equal(session.refreshes, 1);
});
