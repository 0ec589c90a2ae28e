// PostgreSQL servers of Debian's package, on loopback ports. Tests replicate, kill, freeze and promote them.

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

/** A server: its data directory, its port, and its processes. */
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
   * @param {string} parent the directory that will contain the data directory
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

  /** Makes a base backup, for a standby or a restore. Uses a free port unless one is given. */
  async copy(name, port) {
    const copy = new Server(this.parent, name, port ?? (await freePort()));
    await run('pg_basebackup', ...this.connection(), '--pgdata', copy.data, '--checkpoint=fast', '--no-sync');
    return copy;
  }

  /** Configures this stopped server as a standby of `primary`, and starts it. */
  async follow(primary) {
    writeFileSync(join(this.data, 'standby.signal'), '');
    appendFileSync(
      join(this.data, 'postgresql.auto.conf'),
      `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=kennel application_name=${this.name}'\n`,
    );
    await this.start();
  }

  async start() {
    // Logs to a file, because the server would keep a pipe open.
    await run('pg_ctl', 'start', '-w', '-D', this.data, '-l', join(this.parent, `${this.name}.log`), '-o', `-p ${this.port}`);
  }

  /** @param {'fast' | 'immediate'} mode */
  async stop(mode = 'fast') {
    await run('pg_ctl', 'stop', '-w', '-D', this.data, '-m', mode);
  }

  async promote() {
    await run('pg_ctl', 'promote', '-w', '-D', this.data);
  }

  /** Executes statements, each in a separate transaction. Returns the rows. */
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

  /** Makes commits wait for a synchronous standby, or for none if the name is empty. */
  async requireStandby(name) {
    if (name) {
      await this.until(`EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming')`);
    }
    // With the default synchronous_commit, this would wait for a standby that may be down.
    await this.sql(
      "SET synchronous_commit = 'local'",
      `ALTER SYSTEM SET synchronous_standby_names = '${name}'`,
      'SELECT pg_reload_conf()',
    );
    if (name) {
      await this.until(`EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND sync_state = 'sync')`);
    }
  }

  /** Returns the process ids, the postmaster's last. */
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
          // The process name, in parentheses, may contain spaces.
          return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1] === postmaster;
        } catch {
          return false; // The process has ended.
        }
      });
    return [...children.map(Number), Number(postmaster)];
  }

  signal(name) {
    for (const pid of this.processes()) {
      try {
        process.kill(pid, name);
      } catch {
        // The process has ended.
      }
    }
  }

  /** Suspends all processes, like a frozen virtual machine: connections stay open without traffic. */
  freeze() {
    const postmaster = this.processes().at(-1);
    // The postmaster first, so that it starts no process meanwhile.
    process.kill(postmaster, 'SIGSTOP');
    this.signal('SIGSTOP');
  }

  thaw() {
    this.signal('SIGCONT');
  }

  /** Kills all processes at once, like a crash of the machine: none closes its connections in the protocol. */
  async kill() {
    const pids = this.processes();
    process.kill(pids.at(-1), 'SIGSTOP');
    this.signal('SIGKILL');
    await until(() => !pids.some(isRunning), 10_000);
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
  }

  /** Stops the server if it is running. */
  async dispose() {
    try {
      this.thaw();
      await this.stop('immediate');
    } catch {
      // The server is not running.
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

/** Returns a JDBC URL with several servers, which selects the primary. */
export function jdbcUrl(...servers) {
  return `jdbc:postgresql://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/kennel?targetServerType=primary`;
}
