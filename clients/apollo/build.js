// Builds the package together with the operations of its tests: generates types from the running service, and compiles.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080).

import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLIENTS = fileURLToPath(new URL('..', import.meta.url));

/** The output directory. */
export const BUILT = join(CLIENTS, 'target/apollo');

/** The service's URL. */
export const SERVICE = (process.env.SERVICE_URL ?? 'http://localhost:8080').replace(/\/$/, '');

/**
 * Runs a program of an installed package.
 *
 * @param {string} directory the working directory
 * @param {string} program its name
 * @param {...string} args its arguments
 */
export function run(directory, program, ...args) {
  try {
    execFileSync(join(CLIENTS, 'node_modules/.bin', program), args, { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
  } catch ({ stdout, stderr }) {
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  }
}

/**
 * Replaces the service's URL of the examples with that of the service under test.
 *
 * @param {string} directory the directory of the files
 */
export function pointToService(directory) {
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    if (statSync(file).isDirectory()) {
      pointToService(file);
    } else {
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('http://localhost:8080', SERVICE));
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(BUILT, { recursive: true, force: true });
  for (const name of ['codegen.ts', 'tsconfig.json', 'src']) {
    cpSync(join(CLIENTS, 'apollo', name), join(BUILT, name), { recursive: true });
  }
  pointToService(BUILT);
  run(BUILT, 'graphql-codegen');
  run(BUILT, 'tsc');
}
