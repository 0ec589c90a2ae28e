// Failures of a standby that two instances read from. No query fails, and each sees all writes that either instance has
// acknowledged before. Needs Debian's PostgreSQL.
//
// SERVICE_COMMAND is the command that starts an instance (default: the jar in target/).

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { addInstance, folder, instances, servers } from '../failover/cluster.js';
import { jdbcUrl, Server } from '../failover/postgres.js';
import { Account } from '../poolers/account.js';
import { freePort, until } from '../poolers/postgres.js';

const DOGS = `query {
  myOwners(first: 100) { totalCount nodes { name dogs(first: 5) { totalCount nodes { name owner { name } } } } }
}`;

const CREATE = `mutation ($name: String!) {
  createOwner(input: { name: $name, dogs: [{ name: $name, breed: "Beagle" }] }) { owner { id name } }
}`;

const RENAME = 'mutation ($id: ID!, $name: String!) { updateOwner(input: { id: $id, name: $name }) { owner { name } } }';

const REMOVE = 'mutation ($id: ID!) { deleteOwner(input: { id: $id, withDogs: true }) { deletedOwnerId } }';

let primary;
let standby;

/** Returns the `kennel_database_replica_` metrics of an instance. */
async function metrics({ management }) {
  const response = await fetch(`http://127.0.0.1:${management}/actuator/prometheus`);
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('kennel_database_replica_'));
  return new Map(
    lines.map((line) => {
      const [, name, outcome, value] = /^kennel_database_replica_([a-z]+)\w*?(?:\{.*outcome="(\w+)".*\}|\{.*\})? (\S+)$/.exec(line);
      return [outcome ?? name, Number(value)];
    }),
  );
}

/** Returns the queries of both instances during an action, counted by outcome. */
async function outcomes(action) {
  const start = await Promise.all(instances.map(metrics));
  await action();
  const end = await Promise.all(instances.map(metrics));
  const names = ['replica', 'behind', 'busy', 'unavailable', 'failed'];
  return Object.fromEntries(names.map((name) => [name, end.reduce((sum, each, i) => sum + each.get(name) - start[i].get(name), 0)]));
}

const available = async (expected) =>
  until(async () => (await Promise.all(instances.map(metrics))).every((each) => each.get('up') === expected));

/** Waits until the standby has replayed the primary's current WAL position. */
async function caughtUp() {
  const position = await primary.sql('SELECT pg_current_wal_lsn()');
  await standby.until(`pg_last_wal_replay_lsn() >= '${position}'`);
}

/** Creates an account. Returns a client for each instance. */
async function signUp() {
  const here = await Account.signUp(instances[0].url);
  const there = new Account(instances[1].url);
  there.token = here.token;
  return [here, there];
}

/** Returns the owners' names. Asserts that counts and nested lists are consistent with them. */
async function names(account) {
  const { myOwners } = await account.execute(DOGS);
  assert.equal(myOwners.totalCount, myOwners.nodes.length);
  for (const { name, dogs } of myOwners.nodes) {
    assert.equal(dogs.totalCount, 1);
    assert.deepEqual(dogs.nodes.map(({ owner }) => owner.name), [name]);
  }
  return myOwners.nodes.map(({ name }) => name).sort();
}

/** During an action, writes on alternating instances, and reads each write at once on both. */
async function writeAndRead(accounts, action) {
  let ended = false;
  let reads = 0;
  const work = Promise.all(accounts.map(async (clients) => {
    const owners = new Map();
    const readAll = async () => {
      const expected = [...owners.values()].sort();
      for (const found of await Promise.all(clients.map(names))) {
        assert.deepEqual(found, expected);
      }
      reads += clients.length;
    };
    for (let number = 0; !ended || number < 6; number += 1) {
      const writer = clients[number % clients.length];
      const { createOwner } = await writer.execute(CREATE, { name: `Owner ${number}` });
      owners.set(createOwner.owner.id, createOwner.owner.name);
      await readAll();
      const [oldest] = owners.keys();
      if (number % 3 === 1) {
        await writer.execute(RENAME, { id: oldest, name: `Renamed ${number}` });
        owners.set(oldest, `Renamed ${number}`);
        await readAll();
      } else if (number % 3 === 2) {
        await writer.execute(REMOVE, { id: oldest });
        owners.delete(oldest);
        await readAll();
      }
    }
  }));
  // `work` is awaited after the action: no unhandled rejection before.
  work.catch(() => {});
  try {
    await action();
  } finally {
    ended = true;
    await work;
  }
  return reads;
}

before(async () => {
  primary = await Server.create(folder, 'primary');
  servers.push(primary);
  standby = await primary.copy('standby');
  servers.push(standby);
  await standby.follow(primary);
  await start(standby);
  await start(standby);
  await available(1);
});

/** Starts an instance that reads from a standby. */
async function start(replica) {
  const management = await freePort();
  const instance = await addInstance({
    SPRING_DATASOURCE_URL: jdbcUrl(primary),
    KENNEL_DATABASE_REPLICA_URL: jdbcUrl(replica).replace('primary', 'secondary'),
    // Tolerates a busy machine.
    KENNEL_DATABASE_REPLICA_MAXWAIT: '2s',
    MANAGEMENT_SERVER_PORT: String(management),
  });
  instance.management = management;
  return instance;
}

/** Returns the warnings in the log of each instance. */
const warnings = () =>
  instances.map((instance) => instance.log().split('\n').filter((line) => /Z +(WARN|ERROR) /.test(line) && !line.includes('EventLoopWatchdog')));

test('queries of an account that the replica has caught up with are served by it', { timeout: 60_000 }, async (t) => {
  const clients = await signUp();
  await clients[0].execute(CREATE, { name: 'Ann' });
  await caughtUp();
  const scans = async () => Number(await primary.sql("SELECT sum(idx_scan + seq_scan) FROM pg_stat_user_tables WHERE relname IN ('owners', 'dogs')"));
  await sleep(1_500); // PostgreSQL counts at most once a second.
  const before = await scans();

  const counted = await outcomes(async () => {
    for (let number = 0; number < 20; number += 1) {
      assert.deepEqual(await names(clients[number % 2]), ['Ann']);
    }
  });

  await sleep(1_500);
  const read = (await scans()) - before;
  t.diagnostic(`${JSON.stringify(counted)}; ${read} scans on the primary`);
  assert.deepEqual(counted, { replica: 20, behind: 0, busy: 0, unavailable: 0, failed: 0 });
  // The scans of the write may be counted late. Each query on the primary would add four.
  assert.ok(read < 20);

  // Incremental delivery uses the primary: a query that has delivered parts can't be executed again.
  const deferred = await outcomes(async () => {
    await clients[0].execute('{ myOwners { nodes { name ... @defer { dogs { totalCount } } } } }');
    await clients[0].execute('query ($part: Boolean!) { myOwners { nodes @stream(if: $part) { name } } }', { part: false });
  });
  assert.deepEqual(deferred, { replica: 0, behind: 0, busy: 0, unavailable: 0, failed: 0 });
});

test('with a replica that lags, each query sees all acknowledged writes, on either instance', { timeout: 60_000 }, async (t) => {
  const quiet = await signUp();
  await quiet[0].execute(CREATE, { name: 'Ann' });
  await caughtUp();
  await standby.sql("ALTER SYSTEM SET recovery_min_apply_delay = '5s'", 'SELECT pg_reload_conf()');
  await standby.until("current_setting('recovery_min_apply_delay') = '5s'");
  const accounts = await Promise.all([signUp(), signUp()]);
  let lag;
  let reads;

  const counted = await outcomes(async () => {
    reads = await writeAndRead(accounts, async () => {
      await sleep(4_000);
      [lag] = (await Promise.all(instances.map(metrics))).map((each) => each.get('lag'));
    });
  });
  const ofQuiet = await outcomes(async () => {
    for (let number = 0; number < 10; number += 1) {
      assert.deepEqual(await names(quiet[number % 2]), ['Ann']);
    }
  });

  t.diagnostic(`${reads} reads after writes: ${JSON.stringify(counted)}; lag ${lag} s; without writes: ${JSON.stringify(ofQuiet)}`);
  assert.deepEqual(counted, { replica: 0, behind: reads, busy: 0, unavailable: 0, failed: 0 });
  assert.deepEqual(ofQuiet, { replica: 10, behind: 0, busy: 0, unavailable: 0, failed: 0 });
  assert.ok(lag > 0.5);
  await standby.sql('ALTER SYSTEM RESET recovery_min_apply_delay', 'SELECT pg_reload_conf()');
});

test('a replica with little lag serves current accounts, and no stale read', { timeout: 60_000 }, async (t) => {
  await caughtUp();
  const accounts = await Promise.all([signUp(), signUp(), signUp()]);
  let reads;

  const counted = await outcomes(async () => {
    reads = await writeAndRead(accounts, () => sleep(3_000));
  });

  t.diagnostic(`${reads} reads after writes: ${JSON.stringify(counted)}`);
  assert.equal(counted.replica + counted.behind, reads);
});

test('a replica that is killed, and one that freezes, fails no query', { timeout: 90_000 }, async (t) => {
  const accounts = await Promise.all([signUp(), signUp(), signUp()]);
  const before = warnings().map(({ length }) => length);
  let ready;
  const takesPart = async () => {
    await caughtUp();
    await available(1);
  };

  const counted = await outcomes(async () => {
    await writeAndRead(accounts, async () => {
      await sleep(500);
      await standby.kill();
      await available(0);
      ready = await Promise.all(instances.map(({ url }) => fetch(`${url}/readyz`)));
      await sleep(500);
      await standby.start();
      await takesPart();
      await sleep(500);
      standby.freeze();
      await available(0);
      await sleep(500);
      standby.thaw();
      await takesPart();
    });
  });

  const logged = warnings().flatMap((lines, number) => lines.slice(before[number]));
  t.diagnostic(`${JSON.stringify(counted)}\n${logged.join('\n')}`);
  assert.ok(counted.unavailable > 0);
  assert.deepEqual(ready.map(({ status }) => status), [200, 200]);
  // At most one warning for each reason, outage and instance, and one within ten seconds.
  assert.ok(logged.length >= 2 && logged.length <= 8);
  assert.ok(logged.every((line) => line.includes('The replica is not available, and the primary serves all reads: ')));
});

/** Returns the ids of the standby's processes that serve lists, without those of heartbeats. */
async function busyProcesses() {
  const pids = await standby.sql(
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND query NOT LIKE '%pg_last_wal_replay_lsn%'",
  );
  return pids.split('\n').map(Number);
}

test('a busy replica stays available, and the primary serves the rest', { timeout: 90_000 }, async (t) => {
  const clients = await signUp();
  await clients[0].execute(CREATE, { name: 'Ann' });
  await caughtUp();
  await available(1);
  // Each pooled connection executes a statement.
  await Promise.all(Array.from({ length: 20 }, (_, number) => names(clients[number % 2])));
  const busy = await busyProcesses();
  let up;

  let counted;
  try {
    busy.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    counted = await outcomes(async () => {
      const started = performance.now();
      // Longer than the timeout of a heartbeat.
      while (performance.now() - started < 5_000) {
        assert.deepEqual(await Promise.all(clients.map(names)), [['Ann'], ['Ann']]);
      }
      up = (await Promise.all(instances.map(metrics))).map((each) => each.get('up'));
    });
  } finally {
    busy.forEach((pid) => process.kill(pid, 'SIGCONT'));
  }

  t.diagnostic(`${busy.length} processes: ${JSON.stringify(counted)}`);
  assert.deepEqual(up, [1, 1]);
  assert.ok(counted.busy >= 4);
  assert.deepEqual({ ...counted, busy: 0 }, { replica: 0, behind: 0, busy: 0, unavailable: 0, failed: 0 });
  // The resumed processes finish their overdue statements first.
  await until(async () => (await outcomes(() => names(clients[0]))).replica === 1);
});

test('a standby of another cluster serves nothing', { timeout: 120_000 }, async () => {
  const other = await Server.create(folder, 'other');
  servers.push(other);
  const foreign = await other.copy('foreign');
  servers.push(foreign);
  await foreign.follow(other);
  const instance = await start(foreign);
  const account = await Account.signUp(instance.url);
  await account.execute(CREATE, { name: 'Ann' });

  await until(() => instance.log().includes('the primary serves all reads: it is not a standby of the primary'));

  assert.deepEqual(await names(account), ['Ann']);
  const measured = await metrics(instance);
  assert.equal(measured.get('unavailable'), 1);
  assert.equal(measured.get('up'), 0);
  await instance.stop();
  instances.splice(instances.indexOf(instance), 1);
});

test('a promoted replica serves no more queries', { timeout: 60_000 }, async (t) => {
  const accounts = await Promise.all([signUp(), signUp()]);

  const counted = await outcomes(async () => {
    await writeAndRead(accounts, async () => {
      await standby.promote();
      await available(0);
      await sleep(500);
    });
  });

  t.diagnostic(JSON.stringify(counted));
  assert.ok(counted.unavailable > 0);
});
