// The database servers and instances of a test. They are stopped after the test, and on SIGTERM.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { after } from 'node:test';

import { makeFolder } from '../poolers/postgres.js';
import { makeDirectory, startInstance } from '../web/tests/instance.js';

const { directory, remove } = makeDirectory();

const SECRET = randomBytes(32).toString('base64');

/** The directory of the servers' data. */
export const folder = makeFolder();

/** The started servers. */
export const servers = [];

/** The started instances. */
export const instances = [];

/** Starts another instance. All instances share their keys. */
export async function addInstance(settings) {
  const instance = await startInstance(directory, {
    SPRING_DATASOURCE_USERNAME: 'kennel',
    KENNEL_AUTH_KEYS_0_ID: 'test',
    KENNEL_AUTH_KEYS_0_SECRET: SECRET,
    KENNEL_AUTH_THROTTLE_SIGNUPSBYNETWORK: '10000',
    KENNEL_GRAPHQL_LIMITS_BUDGET: '0',
    KENNEL_SERVER_DRAINDELAY: '0',
    // No ANSI colours in the log.
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

// Servers are daemons: without this, they would outlive an interrupted run.
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
