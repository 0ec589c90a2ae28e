#!/usr/bin/env node
// What metrics and traces cost: see README.md. Node.js 20 or newer on Linux, nothing else.
//
//   node bench/observability.mjs [--rounds 5] [--seconds 6] [--warmup 25] [--connections 16] -- <the command that starts Kennel>
//
// It starts an instance without metrics, one with them, and one that traces a tenth of its requests, on one embedded PostgreSQL, and
// loads them in turns. What is compared is the processor time of a request, which others on the machine disturb least.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options, positionals: command } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    warmup: { type: 'string', default: '25' },
    connections: { type: 'string', default: '16' },
  },
});
if (command.length === 0) {
  console.error('The command that starts Kennel is missing: bin/make-start-cache prints it.');
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), 'kennel-observability.'));
const password = randomBytes(18).toString('base64url');
const key = randomBytes(32).toString('base64');
let spans = 0;
const receiver = http.createServer((request, response) => {
  request.on('data', ({ length }) => (spans += length)).on('end', () => response.end());
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${receiver.address().port}/v1/traces`;

const metrics = { MANAGEMENT_SERVER_PORT: '0' };
const traces = { ...metrics, MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT: endpoint };
const variants = [
  { name: 'neither metrics nor traces', settings: { MANAGEMENT_METRICS_ENABLE_ALL: 'false' } },
  { name: 'metrics', settings: metrics },
  { name: 'metrics, and a tenth of the traces', settings: { ...traces, MANAGEMENT_TRACING_SAMPLING_PROBABILITY: '0.1' } },
];

function start(settings) {
  return new Promise((resolve, reject) => {
    const began = process.hrtime.bigint();
    const service = spawn(command[0], command.slice(1), {
      env: {
        ...process.env, SERVER_PORT: '0', KENNEL_DATA_DIR: join(work, 'data'), KENNEL_GRAPHQL_LIMITS_BUDGET: '0',
        KENNEL_AUTH_KEYS_0_ID: 'one', KENNEL_AUTH_KEYS_0_SECRET: key, ...settings,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    service.stdout.on('data', (chunk) => {
      log += log.length < 100_000 ? chunk : '';
      const port = /GraphiQL: http:\/\/localhost:(\d+)\//.exec(log)?.[1];
      if (port) {
        resolve({ service, port, seconds: Number(process.hrtime.bigint() - began) / 1e9 });
      }
    });
    service.on('exit', () => reject(new Error(log.slice(-3000))));
  });
}

function post({ port, agent }, token, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const request = http.request({ host: '127.0.0.1', port, agent, path: '/graphql', method: 'POST',
      headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve(text)).on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

async function ask(instance, token, query, variables) {
  const { data, errors } = JSON.parse(await post(instance, token, JSON.stringify({ query, variables })));
  if (errors) {
    throw new Error(JSON.stringify(errors));
  }
  return data;
}

/** The processor time of a process so far, in milliseconds. */
function processorTime({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const BODY = JSON.stringify({ query: 'query Twenty { myOwners(first: 20) { nodes { id name } } }' });

/** Sends requests for some seconds, and returns the processor time of one in microseconds, and how many there were in a second. */
async function load(instance, token, seconds) {
  const end = Date.now() + seconds * 1000;
  const before = processorTime(instance.service);
  let requests = 0;
  await Promise.all(Array.from({ length: Number(options.connections) }, async () => {
    while (Date.now() < end) {
      const text = await post(instance, token, BODY);
      if (!text.startsWith('{"data":')) {
        throw new Error(text);
      }
      requests++;
    }
  }));
  return { time: ((processorTime(instance.service) - before) * 1000) / requests, rate: requests / seconds };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const instances = [];
try {
  for (const { settings } of variants) {
    const database = instances.length === 0 ? {} : {
      SPRING_DATASOURCE_URL: `jdbc:postgresql://localhost:${instances[0].databasePort}/kennel`,
      SPRING_DATASOURCE_USERNAME: 'kennel',
      SPRING_DATASOURCE_PASSWORD: readFileSync(join(work, 'data/postgresql/password'), 'utf8').trim(),
    };
    const instance = await start({ ...settings, ...database });
    instance.agent = new http.Agent({ keepAlive: true, maxSockets: Number(options.connections) });
    const version = readdirSync(join(work, 'data/postgresql')).find((name) => /^\d+$/.test(name));
    instance.databasePort = readFileSync(join(work, 'data/postgresql', version, 'postmaster.pid'), 'utf8').split('\n')[3];
    instances.push(instance);
  }
  const { signup } = await ask(instances[0], null, 'mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }', {
    input: { username: 'observed', email: 'observed@example.com', password },
  });
  const dogs = ['Ada', 'Bo', 'Cy', 'Di', 'Ed'].map((name) => ({ name, breed: 'Poodle' }));
  for (let i = 0; i < 20; i++) {
    await ask(instances[0], signup.accessToken, 'mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }', {
      input: { name: `Owner ${i}`, dogs },
    });
  }
  // An access token is valid for five minutes.
  const token = async (instance) => (await ask(instance, null, 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', {
    input: { username: 'observed', password },
  })).login.accessToken;
  for (const instance of instances) {
    await load(instance, await token(instance), Number(options.warmup));
  }
  const results = instances.map(() => []);
  const tokens = await Promise.all(instances.map(token));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [i, instance] of instances.entries()) {
      results[i].push(await load(instance, tokens[i], Number(options.seconds)));
    }
  }
  console.log('| variant | processor time of a request, µs | against the first | requests/s | start, s |');
  console.log('|---|--:|--:|--:|--:|');
  for (const [i, { name }] of variants.entries()) {
    // The variants of a round are compared with each other: the machine may be slower in the next.
    const ratio = median(results[i].map(({ time }, round) => time / results[0][round].time));
    console.log(`| ${name} | ${median(results[i].map(({ time }) => time)).toFixed(0)} | ${ratio.toFixed(3)} | `
      + `${median(results[i].map(({ rate }) => rate)).toFixed(0)} | ${instances[i].seconds.toFixed(1)} |`);
  }
  console.log(`\n${(spans / 1e6).toFixed(1)} MB of spans were received.`);
} finally {
  for (const { service } of instances.toReversed()) {
    service.removeAllListeners('exit');
    if (service.exitCode === null) {
      await new Promise((resolve) => {
        service.on('exit', resolve).kill('SIGTERM');
      });
    }
  }
  receiver.closeAllConnections();
  receiver.close();
  rmSync(work, { recursive: true, force: true });
}
