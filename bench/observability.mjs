#!/usr/bin/env node
// What metrics and traces cost: see README.md. Node.js 20 or newer on Linux, nothing else.
//
//   node bench/observability.mjs [--rounds 5] [--seconds 6] [--warmup 25] [--connections 16] -- <the command that starts Kennel>
//
// It starts an instance without metrics, one with them, and one that traces a tenth of its requests, on one embedded PostgreSQL, and
// loads them in turns. What is compared is the processor time of a request, which others on the machine disturb least.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { load, logIn, median, processorTime, signUp, start, stop } from './instances.mjs';

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

const connections = Number(options.connections);
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

const BODY = JSON.stringify({ query: 'query Twenty { myOwners(first: 20) { nodes { id name } } }' });

/** Loads an instance, and returns the processor time of a request in microseconds, and how many there were in a second. */
async function measure(instance, token, seconds) {
  const time = processorTime(() => [instance.service.pid]);
  const requests = await load(instance, [token], BODY, connections, seconds);
  return { time: (time() * 1000) / requests, rate: requests / seconds };
}

const instances = [];
try {
  for (const { settings } of variants) {
    const database = instances.length === 0 ? {} : {
      SPRING_DATASOURCE_URL: `jdbc:postgresql://localhost:${instances[0].databasePort}/kennel`,
      SPRING_DATASOURCE_USERNAME: 'kennel',
      SPRING_DATASOURCE_PASSWORD: readFileSync(join(work, 'data/postgresql/password'), 'utf8').trim(),
    };
    const instance = await start(command, {
      KENNEL_DATA_DIR: join(work, 'data'), KENNEL_AUTH_KEYS_0_ID: 'one', KENNEL_AUTH_KEYS_0_SECRET: key, ...settings, ...database,
    }, connections);
    const version = readdirSync(join(work, 'data/postgresql')).find((name) => /^\d+$/.test(name));
    instance.databasePort = readFileSync(join(work, 'data/postgresql', version, 'postmaster.pid'), 'utf8').split('\n')[3];
    instances.push(instance);
  }
  await signUp(instances[0], 'observed', password, 20);
  const token = (instance) => logIn(instance, 'observed', password);
  for (const instance of instances) {
    await measure(instance, await token(instance), Number(options.warmup));
  }
  const results = instances.map(() => []);
  const tokens = await Promise.all(instances.map(token));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [i, instance] of instances.entries()) {
      results[i].push(await measure(instance, tokens[i], Number(options.seconds)));
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
  await stop(instances);
  receiver.closeAllConnections();
  receiver.close();
  rmSync(work, { recursive: true, force: true });
}
