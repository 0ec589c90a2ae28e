// Kennel behind PgBouncer in transaction, session and statement mode. Only session mode keeps sessions.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { makeDirectory, startInstance } from '../web/tests/instance.js';
import { Account } from './account.js';
import { freePort, makeFolder, start, startPostgres, unprivileged, until } from './postgres.js';

const SECRET = randomBytes(32).toString('base64');
const POOL_SIZE = 10;

let postgres, pgbouncer, port;
const folder = makeFolder();
const instances = [];

/** Returns the settings of an instance that connects to a database of PgBouncer. */
const settings = (database, others = {}) => ({
  SPRING_DATASOURCE_URL: `jdbc:postgresql://127.0.0.1:${port}/${database}`,
  SPRING_DATASOURCE_USERNAME: 'kennel',
  SPRING_DATASOURCE_PASSWORD: '',
  KENNEL_AUTH_KEYS_0_ID: '1',
  KENNEL_AUTH_KEYS_0_SECRET: SECRET,
  KENNEL_AUTH_THROTTLE_SIGNUPSBYNETWORK: '10000',
  KENNEL_SERVER_DRAINDELAY: '0s',
  ...others,
});

async function startOne(database, others) {
  const { directory, remove } = makeDirectory();
  const instance = await startInstance(directory, settings(database, others));
  instances.push({ stop: () => instance.stop().then(remove) });
  return instance;
}

/** Starts an instance that fails at startup, and returns its message. */
async function refused(database, others) {
  const { directory, remove } = makeDirectory();
  try {
    const instance = await startInstance(directory, settings(database, others));
    await instance.stop();
  } catch (failure) {
    return failure.message;
  } finally {
    remove();
  }
  return 'It has started';
}

/** Returns the log lines about poolers and notifications. */
const lines = (instance) =>
  instance
    .log()
    .split('\n')
    .filter((line) => /a connection pooler that|Notifications do not/.test(line))
    .map((line) => line.replace(/^\S+\s+(\w+) .* : /, '$1 '));

const tables = (database) =>
  postgres.sql("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", database);

before(async () => {
  postgres = await startPostgres();
  postgres.sql('CREATE ROLE kennel LOGIN');
  postgres.sql('CREATE DATABASE kennel OWNER kennel');
  postgres.sql('CREATE DATABASE other OWNER kennel');
  postgres.sql('CREATE SCHEMA app AUTHORIZATION kennel', 'other');
  port = await freePort();
  const server = `host=127.0.0.1 port=${postgres.port}`;
  writeFileSync(join(folder, 'users'), '"kennel" ""\n');
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
kennel = ${server} dbname=kennel pool_size=${POOL_SIZE}
other = ${server} dbname=other pool_size=3
sessions = ${server} dbname=other pool_mode=session pool_size=40
statements = ${server} dbname=other pool_mode=statement pool_size=3
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = transaction
max_client_conn = 200
ignore_startup_parameters = search_path
log_connections = 0
log_disconnections = 0
`,
  );
  pgbouncer = start(unprivileged('/usr/sbin/pgbouncer', '-q', join(folder, 'pgbouncer.ini')), { cwd: folder });
});

after(async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await pgbouncer?.stop('SIGINT');
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('settings that need a session are refused, and nothing is changed', async () => {
  assert.match(
    await refused('kennel'),
    /The database has to be migrated, which needs a session for its lock, and the connection pooler keeps no sessions\.[^]*Set kennel\.notifications\.url to PostgreSQL itself, /,
  );
  // PgBouncer ignores currentSchema.
  assert.match(
    await refused('other?currentSchema=app'),
    /The URL of the database selects the schema app, and the connection has the search_path "\$user", public: [^]*ALTER ROLE … SET search_path = app\./,
  );
  assert.match(
    await refused('kennel', { KENNEL_NOTIFICATIONS_URL: `jdbc:postgresql://127.0.0.1:${postgres.port}/other` }),
    /kennel\.notifications\.url leads to the schema other\.public, and spring\.datasource\.url to kennel\.public: /,
  );
  assert.match(
    await refused('kennel', { KENNEL_NOTIFICATIONS_URL: `jdbc:postgresql://127.0.0.1:${port}/kennel` }),
    /The database has to be migrated, which needs a session for its lock, and the connection pooler keeps no sessions\./,
  );
  assert.match(await refused('statements'), /transaction blocks not allowed in statement pooling mode/);
  assert.deepEqual([tables('kennel'), tables('other')], ['0', '0']);
});

test('a pooler in session mode behaves like PostgreSQL', async () => {
  const instance = await startOne('sessions');
  assert.deepEqual(lines(instance), []);
  const account = await Account.signUp(instance.url);
  await account.createOwner('Ann');
  assert.deepEqual(await account.ownerNames(), ['Ann']);
  await instances.pop().stop();
});

test('two instances in transaction mode, one of them with a direct connection', async (context) => {
  const direct = await startOne('kennel', { KENNEL_NOTIFICATIONS_URL: `jdbc:postgresql://127.0.0.1:${postgres.port}/kennel` });
  assert.deepEqual(lines(direct), [
    "WARN PostgreSQL is behind a connection pooler that does not keep sessions: statements are not prepared, and lists are not pipelined. Set statement_timeout and idle_in_transaction_session_timeout for the role (ALTER ROLE): Kennel can't.",
  ]);
  postgres.sql("ALTER ROLE kennel SET statement_timeout = '30s'");
  postgres.sql("ALTER ROLE kennel SET idle_in_transaction_session_timeout = '30s'");
  // Terminates the old connections: PgBouncer opens new ones, which have the timeouts.
  postgres.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kennel' AND application_name <> 'kennel-notifications'`);
  const polling = await startOne('kennel');
  assert.deepEqual(lines(polling), [
    'WARN PostgreSQL is behind a connection pooler that does not keep sessions: statements are not prepared, and lists are not pipelined. Set kennel.notifications.url to PostgreSQL itself: without it, instances poll for changes, and do not migrate the database.',
  ]);
  for (const { url } of [direct, polling]) {
    await until(() => fetch(new URL('readyz', url)).then(({ status }) => status === 200, () => false));
  }

  // More clients than PgBouncer has connections, and more executions than the driver's prepareThreshold.
  const began = Date.now();
  const accounts = await Promise.all(Array.from({ length: 16 }, (_, i) => Account.signUp([direct, polling][i % 2].url)));
  const streams = [];
  for (const account of accounts) {
    const cursor = await account.cursor();
    for (const { url } of [direct, polling]) {
      const reader = Object.assign(new Account(url), { token: account.token });
      streams.push({ reader, ...reader.follow('events', cursor) });
    }
  }
  const names = Array.from({ length: 12 }, (_, i) => `Owner ${String(i).padStart(2, '0')}`);
  await Promise.all(
    accounts.map(async (account) => {
      for (const [i, name] of names.entries()) {
        await account.createOwner(name);
        assert.deepEqual((await account.ownerNames()).toSorted(), names.slice(0, i + 1));
      }
    }),
  );
  assert.equal(accounts.reduce((sum, { retried }) => sum + retried, 0), 0);
  const expected = names.map((name) => `CREATED ${name}`);
  for (const { reader, names: received } of streams) {
    await until(() => received.length >= expected.length).catch(() => {});
    assert.deepEqual(received, expected);
    assert.deepEqual((await reader.ownerNames()).toSorted(), names);
  }
  await Promise.all(streams.map((stream) => stream.stop()));
  context.diagnostic(`${accounts.length} accounts with ${names.length} owners each in ${((Date.now() - began) / 1000).toFixed(1)} s`);

  // No state is left in PgBouncer's sessions.
  assert.equal(postgres.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), '0');
  const [program, ...args] = unprivileged('psql', '--no-psqlrc', '-qAtX', '-h', '127.0.0.1', '-p', String(port), '-U', 'kennel', '-c', "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'), current_setting('search_path'), (SELECT count(*) FROM pg_prepared_statements) FROM pg_sleep(1)", 'kennel');
  const sessions = await Promise.all(Array.from({ length: POOL_SIZE }, () => promisify(execFile)(program, args, { cwd: folder })));
  assert.deepEqual(sessions.map(({ stdout }) => stdout.trim()), Array(POOL_SIZE).fill('30s|30s|"$user", public|0'));
  for (const instance of [direct, polling]) {
    assert.equal(lines(instance).length, 1);
    assert.doesNotMatch(instance.log(), / ERROR /);
  }
});
