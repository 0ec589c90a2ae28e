// An instance of the packaged service that a test starts, kills and restarts.
//
// SERVICE_COMMAND is the command, as a JSON array. By default, it is Java with the jar in target/.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function command() {
  if (process.env.SERVICE_COMMAND) {
    return JSON.parse(process.env.SERVICE_COMMAND);
  }
  const jdk = execFileSync(join(ROOT, 'bin/jdk-25'), { encoding: 'utf8' }).trim();
  const jar = readdirSync(join(ROOT, 'target')).find((name) => /^kennel-.*\.jar$/.test(name));
  return [join(jdk, 'bin/java'), '-jar', join(ROOT, 'target', jar)];
}

/** Returns a free port. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Creates a temporary directory for the data of successive instances. */
export function makeDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'kennel-web-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/**
 * Starts an instance, and waits until it responds.
 *
 * @param {string} directory the directory of its data
 * @param {Record<string, string>} settings its settings, as environment variables
 */
export async function startInstance(directory, settings) {
  const [program, ...args] = command();
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, SERVER_PORT: '0', KENNEL_DATA_DIR: join(directory, 'data'), ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let log = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      log += text;
      const [, found] = /GraphiQL: (http:\/\/localhost:\d+)\//.exec(log) ?? [];
      if (found) {
        resolve(found);
      }
    });
    ended.then(() => reject(new Error(`The service has not started:\n${log}`)));
  });
  const mails = join(directory, 'data/mail');
  return {
    url,
    /**
     * Waits for a mail, and returns the part of it that matches a pattern.
     *
     * @param {RegExp} pattern the part, as the first group
     * @param {{text?: string, count?: number}} options a text that the mail contains; the number of matching mails to wait
     * for, of which the newest is used
     */
    async mailed(pattern, { text = '', count = 1 } = {}) {
      for (;;) {
        // The file names start with a timestamp.
        const names = existsSync(mails) ? readdirSync(mails).sort() : [];
        const found = names
          .filter((name) => name.endsWith('.eml'))
          .map((name) => readFileSync(join(mails, name), 'utf8'))
          .flatMap((mail) => (mail.includes(text) ? (pattern.exec(mail)?.[1] ?? []) : []));
        if (found.length >= count) {
          return found.at(-1);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    /** Returns the instance's log. */
    log: () => log,
    /** Kills the process, without a graceful shutdown. */
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
