// Failures of the database, with two instances over a primary and a synchronous standby. Each acknowledged write is stored
// once and delivered once, and clients receive retryable errors only. Needs Debian's PostgreSQL.
//
// SERVICE_COMMAND is the command that starts an instance (default: the jar in target/). LONG=1 runs longer with more accounts.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { addInstance, folder, instances, servers } from './cluster.js';
import { Load } from './load.js';
import { jdbcUrl, Server } from './postgres.js';

const LONG = Boolean(process.env.LONG);

const ACCOUNTS = LONG ? 20 : 4;

/** The writes of each account before and after the failure. */
const WRITES = LONG ? 100 : 10;

/** The duration of the database's outage, in milliseconds. */
const OUTAGE = LONG ? 15_000 : 4_000;

/** The deadline of an operation (`kennel.graphql.limits.deadline`), in seconds. */
const DEADLINE = 10;

/** The tolerance for a slow machine, in seconds. Times are printed for information. */
const SLACK = 20;

let primary;
let standby;
let copies = 0;

/** Adds a synchronous standby of the primary, on a port of the instances' JDBC URL. */
async function addStandby(port) {
  copies += 1;
  standby = await primary.copy(`standby${copies}`, port);
  servers.push(standby);
  await standby.follow(primary);
  await primary.requireStandby(standby.name);
}

async function promote() {
  await standby.promote();
  // A promoted server must not wait for itself as a standby.
  await standby.requireStandby('');
  [primary, standby] = [standby, primary];
  return performance.now();
}

before(async () => {
  primary = await Server.create(folder, 'primary');
  servers.push(primary);
  await addStandby();
  for (let number = 0; number < 2; number += 1) {
    await addInstance({
      SPRING_DATASOURCE_URL: jdbcUrl(primary, standby),
      KENNEL_GRAPHQL_LIMITS_DEADLINE: `${DEADLINE}s`,
    });
  }
});

/**
 * Runs a scenario under load, with the assertions that all scenarios share.
 *
 * @param {string} name the test's name
 * @param {object} expected
 * @param {number} expected.outage the seconds without a write, at most
 * @param {string[]} [expected.codes] the codes that clients may receive
 * @param {(load: Load, t: object) => Promise<number>} happen causes the failure, and returns the time at which
 *   the database was available again
 */
function scenario(name, { outage, codes = ['UNAVAILABLE'] }, happen) {
  test(name, { timeout: LONG ? 600_000 : 180_000 }, async (t) => {
    const logged = instances.map((instance) => instance.log().length);
    const load = await Load.start(instances, ACCOUNTS);
    await load.acknowledges(ACCOUNTS * WRITES);
    const returned = await happen(load, t);
    await load.acknowledges(ACCOUNTS * WRITES);
    await load.finish();

    // On a slow machine, the log also has the stack traces of EventLoopWatchdog.
    const events = instances
      .flatMap((instance, number) => instance.log().slice(logged[number]).split(/\n(?=\d{4}-)/))
      .filter((event) => /Z +(WARN|ERROR) /.test(event) && !event.includes('EventLoopWatchdog'));
    const warnings = events.map((event) => event.split('\n')[0]);
    const stacks = events.filter((event) => /^\s+at /m.test(event));
    t.diagnostic(
      `${load.outage.toFixed(1)} s without a write, ${load.recoveryAfter(returned).toFixed(2)} s after the database was ` +
        `there again; codes: ${load.codes}; expired: ${load.expired}; ${load.acknowledgedAt.length} writes; ` +
        `${warnings.length} warnings, ${stacks.length} stacks`,
    );
    if (process.env.SHOW_LOG) {
      t.diagnostic(warnings.join('\n'));
    }
    assert.deepEqual([...load.codes.keys()].filter((code) => !codes.includes(code)), []);
    assert.equal(load.expired, 0);
    assert.deepEqual(stacks, []);
    assert.ok(load.outage < outage + SLACK);
  });
}

scenario('the synchronous standby is away: nothing is acknowledged until it is back', { outage: DEADLINE + OUTAGE / 1000 }, async (load) => {
  await standby.stop();
  // Commits that the standby had confirmed are still acknowledged.
  await sleep(500);
  const before = load.acknowledgedAt.length;
  await sleep(DEADLINE * 1000 + OUTAGE);
  const acknowledged = load.acknowledgedAt.length - before;
  await standby.start();
  const returned = performance.now();
  assert.equal(acknowledged, 0);
  return returned;
});

scenario('the primary becomes read-only, and writes again', { outage: OUTAGE / 1000 }, async (load) => {
  await primary.sql("ALTER DATABASE kennel SET default_transaction_read_only = on");
  await primary.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'kennel' AND pid <> pg_backend_pid()");
  await sleep(OUTAGE);
  await primary.sql('SET default_transaction_read_only = off', 'ALTER DATABASE kennel RESET default_transaction_read_only');
  return performance.now();
});

scenario('an orderly switchover', { outage: 5 }, async () => {
  // A stopping primary first sends all of its WAL to the standby.
  await primary.stop();
  const promoted = await promote();
  await standby.follow(primary);
  await primary.requireStandby(standby.name);
  return promoted;
});

scenario('the primary is killed, and the standby promoted', { outage: OUTAGE / 1000 }, async () => {
  await primary.kill();
  await sleep(OUTAGE);
  const promoted = await promote();
  await addStandby(standby.port);
  return promoted;
});

// Requests that were sent to the frozen server end five seconds after their deadline.
scenario('the primary freezes, and the standby is promoted', { outage: DEADLINE + 5 }, async (load, t) => {
  primary.freeze();
  await sleep(OUTAGE);
  const promoted = await promote();
  t.diagnostic(`A new write took ${(await load.timeOfNewWrite()).toFixed(1)} s after the promotion`);
  await load.acknowledges(ACCOUNTS);
  await standby.kill();
  await addStandby(standby.port);
  return promoted;
});

test('a backup is restored under connected subscribers: they reload', { timeout: 180_000 }, async (t) => {
  const load = await Load.start(instances, ACCOUNTS);
  await load.acknowledges(ACCOUNTS * WRITES);
  const backup = await primary.copy('backup');
  servers.push(backup);
  await load.acknowledges(ACCOUNTS * WRITES);
  await load.stop();
  const counts = load.accounts.map(({ acknowledged }) => acknowledged.length);

  await primary.stop('immediate');
  await standby.stop('immediate');
  backup.port = primary.port;
  await backup.start();
  await backup.requireStandby('');
  primary = backup;

  // As many writes again, so that versions from before the restore are reused.
  const restored = [];
  for (const account of load.accounts) {
    const { names } = await account.owners();
    restored.push(names);
    assert.ok(names.length < account.acknowledged.length);
    for (let number = 0; number < WRITES * 3; number += 1) {
      const name = `again-${number}`;
      await account.execute('mutation ($name: String!) { createOwner(input: { name: $name }) { owner { id } } }', { name }, crypto.randomUUID());
      names.push(name);
    }
  }
  await load.finish((account) => restored[account.number]);
  t.diagnostic(`codes: ${load.codes}; expired: ${load.expired} of ${ACCOUNTS * 2}; lost: ${counts}`);
  assert.equal(load.expired, ACCOUNTS * 2);
  assert.deepEqual([...load.codes.keys()].filter((code) => code !== 'UNAVAILABLE'), []);
});
