#!/usr/bin/env node
// How fast a running Kennel is: see README.md. Node.js 20 or newer, nothing else.
//
//   node bench/load.mjs [--url http://127.0.0.1:8080/graphql] [--accounts 4] [--owners 250] [--seconds 5] [--warmup 10]
//                       [--connections 16] [--only 'part of a name'] [--seeded] [--flood 64] [--allow-remote]
//
// It signs up accounts, gives each of them owners with five dogs, measures, and deletes the accounts. With --seeded it logs
// in to those of seed.sql, the first of which is the large one, and leaves them.
import { randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080/graphql' },
    accounts: { type: 'string', default: '4' },
    owners: { type: 'string', default: '250' },
    seconds: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    only: { type: 'string', default: '' },
    seeded: { type: 'boolean', default: false },
    flood: { type: 'string', default: '0' },
    'allow-remote': { type: 'boolean', default: false },
  },
});
// What a typing error must not do: fill a database, or load a machine for hours.
const number = (name, least, most) => {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < least || value > most) {
    fail(`--${name} is a number from ${least} to ${most}`);
  }
  return value;
};
const ACCOUNTS = number('accounts', 1, 50);
const OWNERS = number('owners', 200, 2000);
const SECONDS = number('seconds', 1, 60);
const WARMUP = number('warmup', 0, 120);
const CONNECTIONS = number('connections', 1, 256);
const FLOOD = number('flood', 0, 512);
if (FLOOD > 0 && ACCOUNTS < 2) {
  fail('--flood needs a second account');
}
const url = new URL(options.url);
if (!options['allow-remote'] && !['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) {
  fail(`${url.host} is another machine. If it is yours to load, say --allow-remote.`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

const password = options.seeded ? 'seeded for measuring' : randomBytes(18).toString('base64url');
const run = randomBytes(6).toString('hex');
const setup = new http.Agent({ keepAlive: true, maxSockets: 4 });

function post(agent, token, body, more = {}) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...more };
    if (token) {
      headers.Authorization = `Bearer ${token}`;
    }
    const request = http.request(url, { agent, method: 'POST', headers, timeout: 30_000 }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    request.on('timeout', () => request.destroy(new Error('no response within 30 seconds')));
    request.on('error', reject);
    request.end(body);
  });
}

/** Returns the data of a response. Waits if it is RATE_LIMITED: sign-ups of one address, and the cost of an account, are limited. */
async function ask(token, query, variables) {
  const body = JSON.stringify({ query, variables });
  for (let attempt = 0; ; attempt++) {
    const { status, text } = await post(setup, token, body);
    const response = JSON.parse(text);
    if (!response.errors) {
      return response.data;
    }
    const wait = response.errors[0].extensions?.retryAfter;
    if (wait === undefined || wait > 60 || attempt === 10) {
      throw new Error(`${status} ${text.slice(0, 300)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

async function signUp(index) {
  const account = { username: `load-${run}-${index}`, };
  const { signup } = await ask(null, 'mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }', {
    input: { username: account.username, email: `${account.username}@example.com`, password },
  });
  account.token = signup.accessToken;
  account.tokenFrom = Date.now();
  return account;
}

async function logIn(index) {
  const account = { username: `seeded-${index}`, tokenFrom: 0 };
  await refresh(account);
  return account;
}

/** Access tokens are valid for five minutes; another log-in costs one hash of a password. */
async function refresh(account) {
  if (Date.now() - account.tokenFrom < 120_000) {
    return;
  }
  const { login } = await ask(null, 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', {
    input: { username: account.username, password },
  });
  account.token = login.accessToken;
  account.tokenFrom = Date.now();
}

async function fill(account) {
  const dogs = ['Ada', 'Bo', 'Cy', 'Di', 'Ed'].map((name, i) => ({
    name,
    breed: i % 2 === 0 ? 'Border Collie' : 'Poodle',
    birthDate: `20${10 + i}-02-28`,
  }));
  const AT_ONCE = 10; // Each is a transaction; a request may have 20 root fields.
  for (let from = 0; from < OWNERS; from += AT_ONCE) {
    await refresh(account);
    const fields = [];
    const variables = {};
    for (let i = from; i < Math.min(OWNERS, from + AT_ONCE); i++) {
      fields.push(`o${i}: createOwner(input: $o${i}) { owner { id } }`);
      variables[`o${i}`] = { name: `Owner ${i}`, dogs };
    }
    const parameters = Object.keys(variables).map((name) => `$${name}: CreateOwnerInput!`);
    await ask(account.token, `mutation (${parameters.join(', ')}) { ${fields.join(' ')} }`, variables);
  }
}

/** What the operations need to know of an account. */
async function explore(account) {
  const { myOwners } = await ask(account.token, '{ myOwners(first: 150) { totalCount nodes { id } pageInfo { endCursor } } }');
  account.total = myOwners.totalCount;
  account.owners = myOwners.nodes.map((owner) => owner.id);
  account.cursor = myOwners.pageInfo.endCursor;
}

const NESTED = `query ($first: Int!) {
  myOwners(first: $first) { nodes { id name dogs(first: 5) { nodes { id name } } } }
}`;
const nested = (first) => ({
  name: `${first} × 5: owners with their dogs`,
  query: NESTED,
  variables: () => ({ first }),
  has: (data) => data.myOwners.nodes.length === first && data.myOwners.nodes.at(-1).dogs.nodes.length >= 5,
});
const flat = (first) => ({
  name: `${first} owners`,
  query: 'query ($first: Int!) { myOwners(first: $first) { nodes { id name } } }',
  variables: () => ({ first }),
  has: (data) => data.myOwners.nodes.length === first,
});

const operations = [
  flat(20),
  nested(20),
  nested(200),
  {
    name: 'createDog',
    query: 'mutation ($input: CreateDogInput!) { createDog(input: $input) { dog { id name } } }',
    variables: (account) => ({ input: { ownerId: account.owners[0], name: 'Rex' } }),
    has: (data) => data.createDog.dog.name === 'Rex',
  },
  {
    name: 'createDog with an Idempotency-Key',
    query: 'mutation ($input: CreateDogInput!) { createDog(input: $input) { dog { id name } } }',
    variables: (account) => ({ input: { ownerId: account.owners[0], name: 'Rex' } }),
    headers: () => ({ 'Idempotency-Key': randomUUID() }),
    has: (data) => data.createDog.dog.name === 'Rex',
  },
  {
    name: '20 × 5 with fragments and aliases',
    query: `query ($first: Int!) { page: myOwners(first: $first) { all: nodes { ...owner } } }
      fragment owner on Owner { key: id called: name pack: dogs(first: 5) { all: nodes { ...dog } } }
      fragment dog on Dog { key: id called: name }`,
    variables: () => ({ first: 20 }),
    has: (data) => data.page.all.length === 20 && data.page.all[19].pack.all.length === 5,
  },
  {
    name: '20 × 5 with @include and @skip',
    query: `query ($first: Int!, $dogs: Boolean!, $dates: Boolean!) { myOwners(first: $first) { nodes {
      id name createdAt @include(if: $dates) dogs(first: 5) @include(if: $dogs) { nodes { id name @skip(if: $dates) } } } } }`,
    variables: () => ({ first: 20, dogs: true, dates: false }),
    has: (data) => data.myOwners.nodes[19].dogs.nodes.length === 5 && !('createdAt' in data.myOwners.nodes[0]),
  },
  {
    name: '20 owners after the 150th, by cursor',
    query: 'query ($after: String) { myOwners(first: 20, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } } }',
    variables: (account) => ({ after: account.cursor }),
    has: (data) => data.myOwners.nodes[0].name === 'Owner 150' && data.myOwners.pageInfo.hasNextPage,
  },
  {
    name: '20 edges with cursors and totalCount',
    query: '{ myOwners(first: 20) { totalCount edges { cursor node { id name } } pageInfo { hasNextPage } } }',
    variables: () => ({}),
    has: (data) => data.myOwners.totalCount === accounts[0].total && data.myOwners.edges.length === 20,
  },
  {
    name: 'five fields of Query',
    query: `query ($id: ID!) { me { username } owner(id: $id) { name } node(id: $id) { id }
      myOwners(first: 5) { nodes { name } } myDogs(first: 5, orderBy: { field: BIRTH_DATE }) { nodes { name } } }`,
    variables: (account) => ({ id: account.owners[3] }),
    has: (data) => data.owner.name === 'Owner 3' && data.myDogs.nodes.length === 5,
  },
  {
    name: '20 dogs of a breed, each with its owner',
    query: `{ myDogs(first: 20, filter: { breed: { contains: "collie" } }, orderBy: { field: NAME }) {
      nodes { name breed owner { name } } } }`,
    variables: () => ({}),
    has: (data) => data.myDogs.nodes.length === 20 && data.myDogs.nodes.every((dog) => dog.owner.name.startsWith('Owner')),
  },
];

/** A scan of all dogs that finds none, a count of them, and a page that is as large and as deep as may be. */
const floods = [
  '{ myDogs(first: 100, filter: { name: { contains: "qqq" } }) { totalCount nodes { id } } }',
  '{ myDogs(first: 1, filter: { breed: { contains: "oo" } }, orderBy: { field: BIRTH_DATE, direction: DESC }) { totalCount nodes { id } } }',
  '{ myOwners(first: 200) { totalCount nodes { id name dogs(first: 5) { nodes { id name breed birthDate } } } } }',
];

/** Sends the floods of an account at full speed until the work is done. What is refused is sent again at once. */
async function flooded(account, work) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: FLOOD });
  const codes = new Map();
  let going = true;
  const sending = Array.from({ length: FLOOD }, async (_, index) => {
    for (let n = index; going; n++) {
      const { status, text } = await post(agent, account.token, JSON.stringify({ query: floods[n % floods.length] }));
      const code = text.startsWith('{"errors"') ? JSON.parse(text).errors[0].extensions.code : status;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  });
  try {
    return await work();
  } finally {
    going = false;
    await Promise.all(sending);
    agent.destroy();
    console.log(`The flood got ${[...codes].map(([code, count]) => `${code} (${count})`).join(', ')}`);
  }
}

/** Sends an operation over some connections, one at a time on each; every response is checked. */
async function send(operation, connections, seconds, senders = accounts) {
  await Promise.all(accounts.map(refresh));
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const bodies = senders.map((account) => JSON.stringify({ query: operation.query, variables: operation.variables(account) }));
  const first = await post(agent, senders[0].token, bodies[0]);
  if (first.status !== 200 || JSON.parse(first.text).errors || !operation.has(JSON.parse(first.text).data)) {
    throw new Error(`${operation.name}: ${first.status} ${first.text.slice(0, 300)}`);
  }
  const times = [];
  let refused = '';
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      for (let n = index; performance.now() < end && !refused; n++) {
        const sent = performance.now();
        const { status, text } = await post(agent, senders[n % senders.length].token, bodies[n % senders.length], operation.headers?.());
        if (status !== 200 || text.startsWith('{"errors"')) {
          refused = `${operation.name}: ${status} ${text.slice(0, 200)}`;
        }
        times.push(performance.now() - sent);
      }
    }),
  );
  agent.destroy();
  if (refused) {
    throw new Error(
      refused.includes('RATE_LIMITED')
        ? `An account has used up its budget: start Kennel with KENNEL_GRAPHQL_LIMITS_BUDGET=0 to measure. ${refused}`
        : refused,
    );
  }
  const elapsed = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { rate: times.length / elapsed, p50: at(0.5), p99: at(0.99), bytes: Buffer.byteLength(first.text) };
}

function row(name, { rate, p50, p99, bytes }) {
  const cells = [rate.toFixed(rate < 100 ? 1 : 0), p50.toFixed(1), p99.toFixed(1), String(bytes)];
  console.log(`| ${name.padEnd(40)} | ${cells.map((cell) => cell.padStart(10)).join(' | ')} |`);
}

function header(title) {
  console.log(`\n| ${title.padEnd(40)} | ${['requests/s', 'p50, ms', 'p99, ms', 'bytes'].map((cell) => cell.padStart(10)).join(' | ')} |`);
  console.log(`|${'-'.repeat(42)}|${`${'-'.repeat(11)}:|`.repeat(4)}`);
}

async function table(title, rows) {
  const wanted = rows.filter(([operation]) => operation.name.includes(options.only));
  if (wanted.length === 0) {
    return;
  }
  header(title);
  for (const [operation, connections, name] of wanted) {
    row(name ?? operation.name, await send(operation, connections, SECONDS));
  }
}

const accounts = [];
const stop = (signal) => {
  cleanUp().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

async function cleanUp() {
  for (const account of options.seeded ? [] : accounts.splice(0)) {
    await refresh(account)
      .then(() => ask(account.token, 'mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }', { input: { password } }))
      .catch((error) => console.error(`${account.username} was not deleted: ${error.message}`));
  }
}

try {
  for (let i = 0; i < ACCOUNTS; i++) {
    accounts.push(await (options.seeded ? logIn(i) : signUp(i)));
  }
  if (!options.seeded) {
    await Promise.all(accounts.map(fill));
  }
  await Promise.all(accounts.map(explore));
  const totals = accounts.map((account) => account.total).join(', ');
  console.log(`${url.href}, accounts of ${totals} owners with 5 dogs each, ${availableParallelism()} processors here`);
  const wanted = operations.filter((operation) => operation.name.includes(options.only));
  // Java is slow at first. A second each is not enough for it, but what one operation warms up is warm for the others.
  for (const operation of wanted) {
    if (WARMUP > 0) {
      await send(operation, CONNECTIONS, WARMUP / wanted.length);
    }
  }
  if (FLOOD > 0) {
    const [flooding, ...others] = accounts;
    header(`${flat(20).name}, ${CONNECTIONS} connections`);
    row('alone', await send(flat(20), CONNECTIONS, SECONDS, others));
    row(`beside ${FLOOD} connections of another account`, await flooded(flooding, () => send(flat(20), CONNECTIONS, SECONDS, others)));
    row('alone again', await send(flat(20), CONNECTIONS, SECONDS, others));
  } else {
    await table(`operation, ${CONNECTIONS} connections`, operations.map((operation) => [operation, CONNECTIONS]));
    await table(`how it grows, ${CONNECTIONS} connections`, [1, 20, 50, 200].map((first) => [nested(first), CONNECTIONS]));
    await table('20 × 5, connections', [1, 2, 4, 8, 16, 32, 64].map((count) => [nested(20), count, `${count}`]));
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await cleanUp();
  setup.destroy();
}
