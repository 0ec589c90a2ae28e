// graphql-ws with its own retries, and a token that expires:
// https://the-guild.dev/graphql/ws/recipes#client-usage-with-token-expiration

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CloseCode, createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { Changes, documents, ENDPOINT, EXPIRING, expiring, followChanges, mainJob, newAccount, Session, socketUrl } from './job.js';

function clientOf(session) {
  let refresh = false;
  const client = createClient({
    url: socketUrl(session.url),
    webSocketImpl: WebSocket,
    connectionParams: async () => {
      if (refresh) {
        await session.refresh();
        refresh = false;
      }
      return session.headers();
    },
    on: {
      closed: ({ code }) => {
        refresh ||= code === CloseCode.Forbidden;
      },
    },
  });
  const subscribe = (name, variables, sink) => client.subscribe({ query: documents[name], variables }, sink);
  const execute = async (name, variables) => {
    if (session.accessToken === undefined) {
      // A WebSocket is authenticated by its first message: sign-up and log-in are sent over HTTP.
      return session.request(name, variables);
    }
    const { value } = await client.iterate({ query: documents[name], variables }).next();
    if (value.errors) {
      throw value.errors;
    }
    return value.data;
  };
  return { session, client, subscribe, execute };
}

test('graphql-ws does the main job, and follows changes', async () => {
  const client = clientOf(new Session(ENDPOINT));
  await mainJob(client);
  await followChanges(client);
});

test('graphql-ws continues with a new token after its token expires', expiring, async (t) => {
  const { session, client, subscribe, execute } = clientOf(new Session(EXPIRING));
  t.after(() => client.dispose());
  const refreshed = new Promise((resolve) => client.on('connected', () => session.refreshes > 0 && resolve()));
  session.take((await execute('SignUp', { input: newAccount() })).signup);
  const changes = new Changes(subscribe, (await execute('ChangesCursor', {})).myChangesCursor);
  await execute('CreateOwner', { input: { name: 'Ann' } });
  await changes.until('Ann');

  await Promise.race([refreshed, changes.until('Ben')]);
  await execute('CreateOwner', { input: { name: 'Ben' } });

  // The client resends its subscription with the same cursor, and receives the earlier changes again.
  assert.deepEqual([...new Set(await changes.until('Ben'))], ['CREATED Ann', 'CREATED Ben']);
  assert.ok(session.refreshes > 0);
  changes.stop();
});
