// PostgreSQL servers of Debian's package, on loopback ports, that a test replicates, kills, freezes and promotes.

import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort, program, unprivileged, until } from '../poolers/postgres.js';

async function run(name, ...args) {
  const [command, ...rest] = unprivileged(program(name), ...args);
  const { stdout } = await promisify(execFile)(command, rest, { cwd: '/', encoding: 'utf8' });
  return stdout.trim();
}

/** One server: its data directory, its port, and the processes of its postmaster. */
export class Server {
  constructor(parent, name, port) {
    this.name = name;
    this.port = port;
    this.data = join(parent, name);
    this.parent = parent;
  }

  /**
   * Initialises a primary with an empty database `kennel`, and starts it.
   *
   * @param {string} parent the directory of its own
   * @param {string} name
   */
  static async create(parent, name) {
    const server = new Server(parent, name, await freePort());
    await run('initdb', '--auth=trust', '--username=kennel', '--encoding=UTF8', '--locale=C', '--no-sync', server.data);
    appendFileSync(
      join(server.data, 'postgresql.conf'),
      `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
# Processes are killed, and not the machine.
fsync = off
wal_level = replica
max_wal_size = 256MB
wal_keep_size = 512MB
hot_standby = on
wal_sender_timeout = 5s
wal_receiver_timeout = 5s
wal_retrieve_retry_interval = 200ms
wal_receiver_status_interval = 1s
`,
    );
    await server.start();
    await run('createdb', ...server.connection(), 'kennel');
    return server;
  }

  connection() {
    return ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'kennel'];
  }

  /** Copies this server's files, as a backup or a standby of it, on the given port or one that is free. */
  async copy(name, port) {
    const copy = new Server(this.parent, name, port ?? (await freePort()));
    await run('pg_basebackup', ...this.connection(), '--pgdata', copy.data, '--checkpoint=fast', '--no-sync');
    return copy;
  }

  /** Makes this server, which is stopped, a standby of another one, and starts it. */
  async follow(primary) {
    writeFileSync(join(this.data, 'standby.signal'), '');
    appendFileSync(
      join(this.data, 'postgresql.auto.conf'),
      `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=kennel application_name=${this.name}'\n`,
    );
    await this.start();
  }

  async start() {
    // The log is a file: the server would keep a pipe open.
    await run('pg_ctl', 'start', '-w', '-D', this.data, '-l', join(this.parent, `${this.name}.log`), '-o', `-p ${this.port}`);
  }

  /** @param {'fast' | 'immediate'} mode */
  async stop(mode = 'fast') {
    await run('pg_ctl', 'stop', '-w', '-D', this.data, '-m', mode);
  }

  async promote() {
    await run('pg_ctl', 'promote', '-w', '-D', this.data);
  }

  /** Executes statements, each in a transaction of its own, and returns the rows. */
  async sql(...statements) {
    return run(
      'psql', ...this.connection(), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', 'kennel',
      ...statements.flatMap((statement) => ['-c', statement]),
    );
  }

  /** Waits until a query returns true. */
  async until(condition) {
    await until(async () => (await this.sql(`SELECT ${condition}`)) === 't');
  }

  /** Has each commit wait for a standby; for none if the name is empty. */
  async requireStandby(name) {
    if (name) {
      await this.until(`EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming')`);
    }
    // Without synchronous_commit, this would wait for a standby that is away.
    await this.sql(
      "SET synchronous_commit = 'local'",
      `ALTER SYSTEM SET synchronous_standby_names = '${name}'`,
      'SELECT pg_reload_conf()',
    );
    if (name) {
      await this.until(`EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND sync_state = 'sync')`);
    }
  }

  /** The processes: the postmaster last. */
  processes() {
    const pidFile = join(this.data, 'postmaster.pid');
    if (!existsSync(pidFile)) {
      return [];
    }
    const [postmaster] = readFileSync(pidFile, 'utf8').split('\n');
    const children = readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => {
        try {
          // The name, in parentheses, may have spaces.
          return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1] === postmaster;
        } catch {
          return false; // It has ended.
        }
      });
    return [...children.map(Number), Number(postmaster)];
  }

  signal(name) {
    for (const pid of this.processes()) {
      try {
        process.kill(pid, name);
      } catch {
        // It has ended.
      }
    }
  }

  /** Stops all processes, as a virtual machine does that is frozen: connections stay open, and are silent. */
  freeze() {
    const postmaster = this.processes().at(-1);
    // No process is started meanwhile.
    process.kill(postmaster, 'SIGSTOP');
    this.signal('SIGSTOP');
  }

  thaw() {
    this.signal('SIGCONT');
  }

  /** Ends all processes at once, as a machine that crashes does: none says goodbye. */
  async kill() {
    const pids = this.processes();
    process.kill(pids.at(-1), 'SIGSTOP');
    this.signal('SIGKILL');
    await until(() => !pids.some(isRunning), 10_000);
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
  }

  /** Ends whatever runs. */
  async dispose() {
    try {
      this.thaw();
      await this.stop('immediate');
    } catch {
      // It does not run.
    }
  }
}

function isRunning(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The address of several servers, of which the primary is taken. */
export function jdbcUrl(...servers) {
  return `jdbc:postgresql://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/kennel?targetServerType=primary`;
}
