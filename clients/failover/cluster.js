// The servers and instances of a test, which end with it, or with a run that is broken off.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { after } from 'node:test';

import { makeFolder } from '../poolers/postgres.js';
import { makeDirectory, startInstance } from '../web/tests/instance.js';

const { directory, remove } = makeDirectory();

const SECRET = randomBytes(32).toString('base64');

/** Where the servers are. */
export const folder = makeFolder();

/** The servers that have been started. */
export const servers = [];

/** The instances that have been started. */
export const instances = [];

/** Starts another instance, which has its keys in common with the others. */
export async function addInstance(settings) {
  const instance = await startInstance(directory, {
    SPRING_DATASOURCE_USERNAME: 'kennel',
    KENNEL_AUTH_KEYS_0_ID: 'test',
    KENNEL_AUTH_KEYS_0_SECRET: SECRET,
    KENNEL_AUTH_THROTTLE_SIGNUPSBYNETWORK: '10000',
    KENNEL_GRAPHQL_LIMITS_BUDGET: '0',
    KENNEL_SERVER_DRAINDELAY: '0',
    // Nothing reads the log as colours.
    SPRING_OUTPUT_ANSI_ENABLED: 'never',
    KENNEL_DATA_DIR: `data${instances.length}`,
    ...settings,
  });
  instances.push(instance);
  return instance;
}

function removeAll() {
  remove();
  rmSync(folder, { recursive: true, force: true });
}

// Servers are daemons, and would outlive a run that is broken off.
process.once('SIGTERM', () => {
  instances.forEach((instance) => void instance.kill());
  servers.forEach((server) => server.signal('SIGKILL'));
  removeAll();
  process.exit(1);
});

after(async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await Promise.all(servers.map((server) => server.dispose()));
  removeAll();
});
