// A rolling restart of two instances under load, behind HAProxy with deploy/haproxy.cfg.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { makeDirectory, startInstance } from '../web/tests/instance.js';
import { Account } from './account.js';
import { freePort, start, startPostgres, until } from './postgres.js';

const CONFIGURATION = fileURLToPath(new URL('../../deploy/haproxy.cfg', import.meta.url));
const SECRET = randomBytes(32).toString('base64');
const ACCOUNTS = 10;
const STREAMS_PER_ACCOUNT = 5;

let postgres, haproxy, url;
const instances = [];

const settings = (port) => ({
  SERVER_PORT: String(port),
  SPRING_DATASOURCE_URL: `jdbc:postgresql://127.0.0.1:${postgres.port}/kennel`,
  SPRING_DATASOURCE_USERNAME: 'kennel',
  SPRING_DATASOURCE_PASSWORD: '',
  KENNEL_AUTH_KEYS_0_ID: '1',
  KENNEL_AUTH_KEYS_0_SECRET: SECRET,
  KENNEL_AUTH_THROTTLE_SIGNUPSBYNETWORK: '10000',
  SERVER_FORWARD_HEADERS_STRATEGY: 'native',
  KENNEL_SERVER_TRUSTEDPROXIES: '127.0.0.1',
});

async function startOne(port) {
  const { directory, remove } = makeDirectory();
  const instance = await startInstance(directory, settings(port));
  return {
    async restart() {
      await instance.stop();
      remove();
      Object.assign(this, await startOne(port));
    },
    async stop() {
      await instance.stop();
      remove();
    },
  };
}

before(async () => {
  postgres = await startPostgres();
  postgres.sql('CREATE ROLE kennel LOGIN');
  postgres.sql('CREATE DATABASE kennel OWNER kennel');
  const ports = [await freePort(), await freePort()];
  const port = await freePort();
  haproxy = start(['/usr/sbin/haproxy', '-db', '-f', CONFIGURATION], {
    env: { ...process.env, KENNEL_BIND: `127.0.0.1:${port}`, KENNEL_1: `127.0.0.1:${ports[0]}`, KENNEL_2: `127.0.0.1:${ports[1]}` },
  });
  url = `http://127.0.0.1:${port}/`;
  instances.push(...(await Promise.all(ports.map(startOne))));
  await until(() => fetch(new URL('readyz', url)).then(({ status }) => status === 200, () => false));
});

after(async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await haproxy?.stop();
  await postgres?.stop();
});

test('a client behind the proxy cannot spoof its address', async () => {
  const username = `poolers-${crypto.randomUUID().slice(0, 13)}`;
  const body = await new Promise((resolve, reject) => {
    const sending = request(new URL('graphql', url), {
      method: 'POST',
      // The client's address differs from HAProxy's.
      localAddress: '127.0.0.2',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9' },
    });
    sending.on('error', reject).on('response', async (response) => {
      resolve(JSON.parse((await response.toArray()).join('')));
    });
    sending.end(
      JSON.stringify({
        query: 'mutation ($input: SignupInput!) { signup(input: $input) { session { ipAddress } } }',
        variables: { input: { username, email: `${username}@example.com`, password: 'correct horse battery staple' } },
      }),
    );
  });
  assert.deepEqual(body, { data: { signup: { session: { ipAddress: '127.0.0.2' } } } });
});

test('a rolling restart fails no request that is retried once, and loses and doubles no event', async (context) => {
  const accounts = await Promise.all(Array.from({ length: ACCOUNTS }, () => Account.signUp(url)));
  const streams = [];
  for (const account of accounts) {
    const cursor = await account.cursor();
    for (let i = 0; i < STREAMS_PER_ACCOUNT; i++) {
      streams.push({ account, ...account.follow(i % 2 === 0 ? 'socket' : 'events', cursor) });
    }
  }
  let working = true;
  let queries = 0;
  const created = new Map(accounts.map((account) => [account, []]));
  const readers = accounts.map(async (account) => {
    while (working) {
      await account.ownerNames();
      queries += 1;
    }
  });
  const writers = accounts.map(async (account) => {
    const names = created.get(account);
    while (working && names.length < 190) {
      const name = `Owner ${names.length}`;
      assert.equal(await account.createOwner(name), name);
      names.push(name);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  });
  const failures = [...readers, ...writers].map((loop) => loop.then(() => [], (failure) => [failure.message]));

  const began = Date.now();
  for (const instance of instances) {
    await instance.restart();
    // HAProxy sends requests to this instance before the other one stops.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  working = false;
  assert.deepEqual((await Promise.all(failures)).flat(), []);

  let events = 0;
  for (const account of accounts) {
    assert.deepEqual((await account.ownerNames()).toSorted(), created.get(account).toSorted());
  }
  for (const { account, names } of streams) {
    const expected = created.get(account).map((name) => `CREATED ${name}`);
    await until(() => names.length >= expected.length).catch(() => {});
    assert.deepEqual(names, expected);
    events += names.length;
  }
  await Promise.all(streams.map((stream) => stream.stop()));
  const retried = accounts.reduce((sum, account) => sum + account.retried, 0);
  context.diagnostic(`${queries} queries, ${[...created.values()].flat().length} mutations, ${retried} retried, ${events} events in ${seconds} s`);
});
