// graphql-sse, in its mode of distinct connections: https://the-guild.dev/graphql/sse/get-started

import { test } from 'node:test';

import { createClient } from 'graphql-sse';

import { documents, ENDPOINT, followChanges, mainJob, Session } from './job.js';

test('graphql-sse does the main job, and follows changes', async () => {
  const session = new Session(ENDPOINT);
  const client = createClient({ url: session.url, headers: session.headers });
  const execute = async (name, variables) => {
    const { value } = await client.iterate({ query: documents[name], variables }).next();
    if (value.errors) {
      throw value.errors;
    }
    return value.data;
  };
  await mainJob({ session, execute });
  const subscribe = (name, variables, sink) => client.subscribe({ query: documents[name], variables }, sink);
  await followChanges({ execute, subscribe });
});
