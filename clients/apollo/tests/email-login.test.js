// The lifetime of an email log-in's secret in the browser.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { createKennel } from '../../target/apollo/dist/kennel/client.js';

const KEY = 'kennel.browser';

const tokens = {
  __typename: 'AuthPayload',
  accessToken: 'access',
  refreshToken: 'refresh',
  deviceToken: null,
  user: { __typename: 'User', id: 'usr_1', username: 'ann' },
};

const responses = {
  RequestEmailLogIn: { requestEmailLogin: { __typename: 'RequestEmailLoginPayload', browserSecret: 'secret' } },
  FinishEmailLogIn: { finishEmailLogin: tokens },
  LogIn: { beginLogin: tokens },
  Refresh: { refreshSession: tokens },
  LogOut: { logout: { __typename: 'LogoutPayload', success: true } },
};

/** Creates a client with a stub of the service that accepts all requests. */
function open(t, stored = {}) {
  const items = new Map(Object.entries(stored));
  const storage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
  const secrets = [];
  const fetch = async (_, { body }) => {
    const { operationName, variables } = JSON.parse(body);
    if (operationName === 'FinishEmailLogIn') {
      secrets.push(variables.input.browserSecret);
    }
    return Response.json({ data: responses[operationName] });
  };
  const kennel = createKennel({ url: 'http://localhost/graphql', fetch, storage });
  t.after(() => kennel.close());
  return { ...kennel, items, secrets };
}

test('a link in another tab reads the secret once', async (t) => {
  const here = open(t);
  await here.session.requestEmailLogIn('ann@example.com');

  const tab = open(t, { [KEY]: here.items.get(KEY) });
  await tab.session.finishEmailLogIn({ token: 'token' });

  assert.deepEqual(tab.secrets, ['secret']);
  assert.equal(tab.items.has(KEY), false);
});

test('an abandoned log-in leaves no secret once it has expired', async (t) => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  t.after(() => mock.timers.reset());
  const here = open(t);
  await here.session.requestEmailLogIn('ann@example.com');
  const stored = here.items.get(KEY);
  mock.timers.tick(10 * 60 * 1000 - 1);
  assert.equal(open(t, { [KEY]: stored }).items.get(KEY), stored);
  mock.timers.tick(1);

  assert.equal(open(t, { [KEY]: stored }).items.has(KEY), false);
  await here.session.finishEmailLogIn({ code: '000000' });
  assert.deepEqual(here.secrets, [null]);
  assert.equal(here.items.has(KEY), false);
});

test('a malformed stored secret is removed', (t) => {
  for (const stored of ['secret', '{}', 'null', '1']) {
    assert.equal(open(t, { [KEY]: stored }).items.has(KEY), false);
  }
});

test('another log-in or a log-out removes the secret, and a refresh does not', async (t) => {
  const { session, items } = open(t);
  await session.requestEmailLogIn('ann@example.com');
  await session.logIn({ username: 'ann', password: 'password' });
  assert.equal(items.has(KEY), false);

  await session.requestEmailLogIn('ann@example.com');
  await session.refresh();
  assert.equal(items.has(KEY), true);
  await session.logOut();
  assert.equal(items.has(KEY), false);
});
