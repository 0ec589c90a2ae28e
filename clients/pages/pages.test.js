// The code of the docs pages for other clients, as it is printed there.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080), EXPIRING_SERVICE_URL that of one with
// `kennel.auth.access-token-lifetime=10s`: see matrix/job.js.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../apollo/build.js';
import { blocks } from '../docs/snippets.js';
import { Changes, documents, ENDPOINT, EXPIRING, expiring, followChanges, mainJob, newAccount } from '../matrix/job.js';
import { bundle } from './build.js';

const { devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const { createUrql, Session: UrqlSession } = await bundle(
  'urql',
  "export { Session } from './pages/session.ts'; export { createUrql } from './pages/urql.ts';",
);

const { createApollo, gql, Session: ApolloSession } = await bundle(
  'apollo-3',
  "export { Session } from './pages/session.ts'; export { createApollo } from './pages/apollo-3.ts'; " +
    "export { gql } from '@apollo/client/core';",
);

const clients = {
  urql(url) {
    const session = new UrqlSession(url);
    const client = createUrql(url, session);
    return {
      session,
      async execute(name, variables) {
        const send = documents[name].startsWith('mutation') ? client.mutation : client.query;
        const { data, error } = await send.call(client, documents[name], variables).toPromise();
        if (error) {
          throw error;
        }
        return data;
      },
      subscribe: (name, variables, { next }) =>
        client.subscription(documents[name], variables).subscribe(({ data, error }) => next({ data, errors: error && [error] }))
          .unsubscribe,
      errorsOf: ({ graphQLErrors }) => graphQLErrors,
    };
  },
  'Apollo Client 3'(url) {
    const session = new ApolloSession(url);
    const client = createApollo(url, session);
    return {
      session,
      async execute(name, variables) {
        const document = gql(documents[name]);
        const { data } = await (documents[name].startsWith('mutation')
          ? client.mutate({ mutation: document, variables })
          : client.query({ query: document, variables, fetchPolicy: 'network-only' }));
        return data;
      },
      subscribe(name, variables, sink) {
        const subscription = client.subscribe({ query: gql(documents[name]), variables }).subscribe(sink);
        return () => subscription.unsubscribe();
      },
      errorsOf: ({ graphQLErrors, networkError }) => (graphQLErrors.length ? graphQLErrors : networkError.result.errors),
    };
  },
};

/** Adapts a client's session to the interface of the matrix jobs. */
const taking = ({ session, ...client }) => ({ ...client, session: { take: (tokens) => session.open(tokens) } });

test('the pages are strict TypeScript', () => {
  run(fileURLToPath(new URL('.', import.meta.url)), 'tsc', '-p', '.');
});

test('the pages install the tested versions', () => {
  const lines = ['docs/urql.md', 'docs/relay.md', 'docs/apollo-client-3.md']
    .flatMap((document) => blocks(document))
    .flatMap(({ language, code }) => (language === 'sh' ? code.split('\n') : []))
    .filter((line) => line.startsWith('npm install '));
  assert.equal(lines.length, 3);
  for (const [, name, version] of lines.join(' ').matchAll(/(\S+)@(\d+)(?= |$)/g)) {
    const tested = name === '@apollo/client' ? devDependencies['apollo-client-3'].split('@').at(-1) : devDependencies[name];
    assert.equal(tested?.split('.')[0], version, name);
  }
});

for (const [name, clientOf] of Object.entries(clients)) {
  test(`${name} does the main job, and follows changes`, async () => {
    const client = clientOf(ENDPOINT);
    await mainJob({ ...taking(client), pages: [['Bello', 'Fifi'], ['Bello', 'Fifi', 'Rex']] });
    await followChanges(client);
  });

  test(`${name} refreshes an expired token once, and sends the operations again`, async () => {
    const { session, execute } = clientOf(ENDPOINT);
    const { refreshToken } = (await execute('SignUp', { input: newAccount() })).signup;
    session.open({ accessToken: 'expired', refreshToken });

    const pages = await Promise.all([1, 2, 3].map((first) => execute('Dogs', { first })));

    assert.deepEqual(pages.map(({ myDogs }) => myDogs.totalCount), [0, 0, 0]);
    assert.notEqual(session.headers().authorization, 'Bearer expired');
  });

  test(`${name} follows changes with a new token after its token expires`, expiring, async () => {
    const { session, execute, subscribe } = clientOf(EXPIRING);
    session.open((await execute('SignUp', { input: newAccount() })).signup);
    const before = session.headers().authorization;
    const changes = new Changes(subscribe, (await execute('ChangesCursor', {})).myChangesCursor);
    await execute('CreateOwner', { input: { name: 'Ann' } });
    await changes.until('Ann');

    while (session.headers().authorization === before) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await execute('CreateOwner', { input: { name: 'Ben' } });

    assert.deepEqual([...new Set(await changes.until('Ben'))], ['CREATED Ann', 'CREATED Ben']);
    changes.stop();
  });
}
