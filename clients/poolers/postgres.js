// A PostgreSQL server of Debian's package for the instances of a test. Its processes must not run as root.

import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';
const ROOT = process.getuid() === 0;

/** Returns the path of a program of the newest installed version. */
export function program(name) {
  const [version] = readdirSync(DEBIAN).sort((a, b) => b - a);
  return join(DEBIAN, version, 'bin', name);
}

/** Returns the command that runs a program as an unprivileged user. */
export function unprivileged(program, ...args) {
  return ROOT
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', program, ...args]
    : [program, ...args];
}

/** Creates a folder that the unprivileged user can write to. */
export function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'kennel-poolers-'));
  if (ROOT) {
    const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
  }
  return folder;
}

/** Returns a free port of the loopback interface. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts a program. `stop` sends it a signal, and waits for its exit.
 *
 * @param {string[]} command the program and its arguments
 * @param {object} options of spawn
 */
export function start([program, ...args], options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  return {
    child,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}

/** Repeats an attempt until it returns a truthy value, for a minute by default. */
export async function until(attempt, milliseconds = 60_000) {
  const deadline = AbortSignal.timeout(milliseconds);
  for (;;) {
    const result = await attempt();
    if (result) {
      return result;
    }
    deadline.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts an empty server with trust authentication on the loopback interface. */
export async function startPostgres() {
  const folder = makeFolder();
  const data = join(folder, 'data');
  const run = (name, ...args) => {
    const [command, ...rest] = unprivileged(program(name), ...args);
    return execFileSync(command, rest, { encoding: 'utf8', cwd: folder });
  };
  run('initdb', '--pgdata', data, '--auth=trust', '--username=postgres', '--locale=C', '--encoding=UTF8', '--no-sync');
  const port = await freePort();
  appendFileSync(
    join(data, 'postgresql.conf'),
    ['fsync = off', "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${folder}'`, `port = ${port}`].join('\n'),
  );
  const server = start(unprivileged(program('postgres'), '-D', data), { cwd: folder });
  const sql = (statement, database = 'postgres') =>
    run('psql', '--no-psqlrc', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-c', statement, database).trim();
  await until(() => {
    try {
      run('pg_isready', '-h', '127.0.0.1', '-p', String(port));
      return true;
    } catch {
      return false;
    }
  });
  return {
    port,
    sql,
    async stop() {
      await server.stop('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
