// Bundles the code of a docs page, as an app's build would, so that a test can run it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';
import WebSocket from 'ws';

const CLIENTS = fileURLToPath(new URL('..', import.meta.url));

// Node.js has a global WebSocket from version 22 on.
globalThis.WebSocket ??= WebSocket;

/**
 * Bundles a module, and imports it.
 *
 * @param {string} name the bundle's name
 * @param {string} code the module, whose imports begin in `clients/`, with `./`
 * @returns {Promise<object>} the module's exports
 */
export async function bundle(name, code) {
  const directory = join(CLIENTS, 'target/pages', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'entry.ts'), code.replaceAll("from './", `from '${CLIENTS}`));
  await build({
    configFile: false,
    logLevel: 'warn',
    root: directory,
    build: { ssr: join(directory, 'entry.ts'), outDir: 'built', rollupOptions: { output: { entryFileNames: 'built.js' } } },
    ssr: { noExternal: true },
    resolve: { alias: { '@apollo/client': 'apollo-client-3' } },
  });
  return import(join(directory, 'built/built.js'));
}
