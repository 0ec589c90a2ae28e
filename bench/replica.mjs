#!/usr/bin/env node
// What a replica takes off the primary: see README.md. Node.js 20 or newer on Linux, and PostgreSQL as Debian installs it.
//
//   node bench/replica.mjs [--rounds 3] [--seconds 4] [--warmup 20] [--connections 16] [--accounts 8] -- <the command that starts Kennel>
//
// It starts a primary, a standby, an instance that reads from the primary, and one that reads from the standby, and loads the
// instances in turns. What counts is the processor time of a request in each process, whatever else the machine has to do.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { jdbcUrl, Server } from '../clients/failover/postgres.js';
import { makeFolder } from '../clients/poolers/postgres.js';
import { load, logIn, median, processorTime, signUp, start, stop } from './instances.mjs';

const { values: options, positionals: command } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    warmup: { type: 'string', default: '20' },
    connections: { type: 'string', default: '16' },
    accounts: { type: 'string', default: '8' },
  },
});
if (command.length === 0) {
  console.error('The command that starts Kennel is missing: bin/make-start-cache prints it.');
  process.exit(2);
}
const [rounds, seconds, warmup, connections, accounts] = ['rounds', 'seconds', 'warmup', 'connections', 'accounts'].map((name) => Number(options[name]));

const OPERATIONS = {
  '20 owners': '{ myOwners(first: 20) { nodes { id name } } }',
  '50 × 5: owners with their dogs': '{ myOwners(first: 50) { nodes { id name dogs(first: 5) { nodes { id name } } } } }',
  'owners by a part of their name, with their number': '{ myOwners(first: 20, filter: { name: { contains: "er 1" } }) { totalCount nodes { id name } } }',
};

const password = randomBytes(18).toString('base64url');
const names = Array.from({ length: accounts }, (_, i) => `replicated-${i}`);
const work = mkdtempSync(join(tmpdir(), 'kennel-replica.'));
const folder = makeFolder();
const servers = [];
const instances = [];

/** Loads an instance, and returns the processor time of a request in each process, in microseconds. */
async function measure(instance, tokens, query, duration) {
  const times = [() => [instance.service.pid], ...servers.map((server) => () => server.processes())].map(processorTime);
  const requests = await load(instance, tokens, JSON.stringify({ query }), connections, duration);
  return [requests / duration, ...times.map((time) => (time() * 1000) / requests)];
}

try {
  const primary = await Server.create(folder, 'primary');
  servers.push(primary);
  const standby = await primary.copy('standby');
  servers.push(standby);
  await standby.follow(primary);
  const settings = {
    SPRING_DATASOURCE_URL: jdbcUrl(primary),
    SPRING_DATASOURCE_USERNAME: 'kennel',
    KENNEL_AUTH_KEYS_0_ID: 'one',
    KENNEL_AUTH_KEYS_0_SECRET: randomBytes(32).toString('base64'),
    KENNEL_AUTH_THROTTLE_SIGNUPSBYNETWORK: '10000',
  };
  const url = jdbcUrl(standby).replace('primary', 'secondary');
  for (const replica of [{}, { KENNEL_DATABASE_REPLICA_URL: url }]) {
    instances.push(await start(command, { ...settings, ...replica, KENNEL_DATA_DIR: join(work, `data${instances.length}`) }, connections));
  }
  for (const name of names) {
    await signUp(instances[0], name, password, 50);
  }
  await primary.sql('VACUUM ANALYZE');
  await standby.until(`pg_last_wal_replay_lsn() >= '${await primary.sql('SELECT pg_current_wal_lsn()')}'`);
  const tokens = async () => Promise.all(names.map((name) => logIn(instances[0], name, password)));
  for (const instance of instances) {
    for (const query of Object.values(OPERATIONS)) {
      await measure(instance, await tokens(), query, warmup / Object.keys(OPERATIONS).length);
    }
  }
  console.log('| operation | read from | requests/s | Kennel, µs | primary, µs | standby, µs |');
  console.log('|---|---|--:|--:|--:|--:|');
  for (const [operation, query] of Object.entries(OPERATIONS)) {
    const results = instances.map(() => []);
    for (let round = 0; round < rounds; round++) {
      const current = await tokens();
      for (const [i, instance] of instances.entries()) {
        results[i].push(await measure(instance, current, query, seconds));
      }
    }
    for (const [i, from] of ['the primary', 'the standby'].entries()) {
      const columns = results[i][0].map((_, column) => median(results[i].map((row) => row[column])).toFixed(0));
      console.log(`| ${operation} | ${from} | ${columns.join(' | ')} |`);
    }
  }
} finally {
  await stop(instances);
  await Promise.all(servers.map((server) => server.dispose()));
  rmSync(folder, { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
}
