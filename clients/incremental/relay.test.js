// Incremental delivery with Relay, whose runtime reads the older format: payloads with path and label.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080).

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { printSchema } from 'graphql';
import relay from 'relay-runtime';

import { run } from '../apollo/build.js';
import { ENDPOINT, newAccount, Session } from '../matrix/job.js';
import { currentSchema } from '../schema/schema.js';
import { FORMATS } from './wire.js';

const BUILT = fileURLToPath(new URL('../target/incremental', import.meta.url));

const COMPONENT = `import { graphql } from 'relay-runtime';

graphql\`
  query ViewerQuery {
    me { id ...Viewer_me @defer(label: "viewer") }
  }
\`;

graphql\`
  fragment Viewer_me on User { username dogs { totalCount } }
\`;
`;

/** Executes an operation, and emits each payload as soon as the boundary after its part arrives. */
function fetchIncrementally(session) {
  return ({ text, name }, variables) =>
    relay.Observable.create((sink) => {
      (async () => {
        const response = await fetch(ENDPOINT, {
          method: 'POST',
          headers: {
            accept: `${FORMATS.older},application/graphql-response+json`,
            'content-type': 'application/json',
            ...session.headers(),
          },
          body: JSON.stringify({ query: text, operationName: name, variables }),
        });
        if (!response.headers.get('content-type').startsWith('multipart/mixed')) {
          sink.next(await response.json());
          return;
        }
        let buffer = '';
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
          const parts = (buffer + chunk).split('\r\n---');
          buffer = parts.pop();
          for (const part of parts.filter((text) => text !== '')) {
            const { incremental, hasNext, ...initial } = JSON.parse(part.slice(part.indexOf('\r\n\r\n')));
            for (const payload of incremental ?? [initial]) {
              sink.next({ ...payload, extensions: { is_final: !hasNext } });
            }
          }
        }
      })().then(sink.complete, sink.error);
    });
}

test('Relay shows a deferred fragment when it is delivered', async () => {
  rmSync(BUILT, { recursive: true, force: true });
  mkdirSync(join(BUILT, 'src'), { recursive: true });
  writeFileSync(join(BUILT, 'schema.graphql'), printSchema(currentSchema()));
  writeFileSync(join(BUILT, 'src/Viewer.js'), COMPONENT);
  writeFileSync(
    join(BUILT, 'relay.config.json'),
    JSON.stringify({ src: './src', schema: './schema.graphql', language: 'javascript', eagerEsModules: true }),
  );
  run(BUILT, 'relay-compiler', 'relay.config.json');
  const { default: query } = await import(join(BUILT, 'src/__generated__/ViewerQuery.graphql.js'));
  const { default: fragment } = await import(join(BUILT, 'src/__generated__/Viewer_me.graphql.js'));

  const session = new Session();
  session.take((await session.request('SignUp', { input: newAccount() })).signup);

  const environment = new relay.Environment({
    network: relay.Network.create(fetchIncrementally(session)),
    store: new relay.Store(new relay.RecordSource()),
  });
  const operation = relay.createOperationDescriptor(query, {});
  const shown = [];
  await new Promise((resolve, reject) =>
    environment.execute({ operation }).subscribe({
      next: () => {
        const { data } = environment.lookup(operation.fragment);
        const { data: viewer, isMissingData } = environment.lookup(relay.getSingularSelector(fragment, data.me));
        shown.push([typeof data.me.id, isMissingData, viewer.dogs?.totalCount]);
      },
      error: reject,
      complete: resolve,
    }),
  );

  assert.deepEqual(shown, [
    ['string', true, undefined],
    ['string', false, 0],
  ]);
});
