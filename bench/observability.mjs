#!/usr/bin/env node
// What metrics and traces cost: see README.md. Node.js 20 or newer on Linux, nothing else.
//
//   node bench/observability.mjs [--pairs 3] [--rounds 5] [--seconds 4] [--warmup 60] [--connections 16] -- <the command that starts Kennel>
//
// It starts an instance without metrics, and one with metrics that traces the requests whose client asks for it, on one embedded PostgreSQL,
// and loads them in turns: the second without traces, and with a tenth of the requests traced. What is compared is the processor time of a
// request, which others on the machine disturb least. As Java compiles the same code a little differently in each process, this is repeated
// with further pairs of instances.
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
    pairs: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    warmup: { type: 'string', default: '60' },
    connections: { type: 'string', default: '16' },
  },
});
if (command.length === 0) {
  console.error('The command that starts Kennel is missing: bin/make-start-cache prints it.');
  process.exit(2);
}

const connections = Number(options.connections);
const password = randomBytes(18).toString('base64url');
let received = 0;
const receiver = http.createServer((request, response) => {
  request.on('data', ({ length }) => (received += length)).on('end', () => response.end());
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));

const unobserved = { MANAGEMENT_METRICS_ENABLE_ALL: 'false' };
const observed = {
  MANAGEMENT_SERVER_PORT: '0',
  MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.address().port}/v1/traces`,
  // Within the measurement that has caused it.
  MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULE_DELAY: '200ms',
};

/** All requests have a header of the same length, by which their client decides whether they are traced. */
const traced = (every) => (n) => {
  const flags = (n + 1) % every === 0 ? '01' : '00';
  return { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${flags}` };
};
const variants = [
  { name: 'neither metrics nor traces', instance: 0, headersOf: traced(Infinity) },
  { name: 'metrics, and no request traced', instance: 1, headersOf: traced(Infinity) },
  { name: 'metrics, and a tenth of the requests traced', instance: 1, headersOf: traced(10) },
];

const BODY = JSON.stringify({ query: 'query Twenty { myOwners(first: 20) { nodes { id name } } }' });

/** Loads the instance of a variant, and returns the processor time of a request in microseconds, and how many there were in a second. */
async function measure(instances, variant, seconds) {
  const instance = instances[variant.instance];
  const token = await logIn(instance, 'observed', password);
  const time = processorTime(() => [instance.service.pid]);
  const requests = await load(instance, [token], BODY, connections, seconds, variant.headersOf);
  return { time: (time() * 1000) / requests, rate: requests / seconds };
}

/** Starts a pair of instances, and returns the rounds, each of which has a measurement for each variant. */
async function measurePair() {
  const work = mkdtempSync(join(tmpdir(), 'kennel-observability.'));
  const shared = {
    KENNEL_DATA_DIR: join(work, 'data'), KENNEL_AUTH_KEYS_0_ID: 'one', KENNEL_AUTH_KEYS_0_SECRET: randomBytes(32).toString('base64'),
  };
  const instances = [];
  try {
    instances.push(await start(command, { ...shared, ...unobserved }, connections));
    const database = join(work, 'data/postgresql');
    const version = readdirSync(database).find((name) => /^\d+$/.test(name));
    const port = readFileSync(join(database, version, 'postmaster.pid'), 'utf8').split('\n')[3];
    instances.push(await start(command, {
      ...shared, ...observed,
      SPRING_DATASOURCE_URL: `jdbc:postgresql://localhost:${port}/kennel`, SPRING_DATASOURCE_USERNAME: 'kennel',
      SPRING_DATASOURCE_PASSWORD: readFileSync(join(database, 'password'), 'utf8').trim(),
    }, connections));
    await signUp(instances[0], 'observed', password, 20);
    // Each instance is warmed up once, the second with a tenth of its requests traced.
    for (const variant of [variants[0], variants[2]]) {
      await measure(instances, variant, Number(options.warmup));
    }
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      const measurements = [];
      for (const variant of variants) {
        measurements.push(await measure(instances, variant, Number(options.seconds)));
      }
      rounds.push(measurements);
    }
    return rounds;
  } finally {
    await stop(instances);
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  const pairs = [];
  for (let pair = 0; pair < Number(options.pairs); pair++) {
    pairs.push(await measurePair());
  }
  const rounds = pairs.flat();
  console.log('| variant | processor time of a request, µs | relative to the first | in each pair | requests/s |');
  console.log('|---|--:|--:|--:|--:|');
  for (const [i, { name }] of variants.entries()) {
    // The variants of a round are compared with each other: the machine may be slower in the next.
    const ratio = (some) => median(some.map((round) => round[i].time / round[0].time)).toFixed(3);
    console.log(`| ${name} | ${median(rounds.map((round) => round[i].time)).toFixed(0)} | ${ratio(rounds)} | `
      + `${pairs.map(ratio).join(', ')} | ${median(rounds.map((round) => round[i].rate)).toFixed(0)} |`);
  }
  console.log(`\n${(received / 1e6).toFixed(1)} MB of spans were received.`);
} finally {
  receiver.closeAllConnections();
  receiver.close();
}
