// genql, whose client is generated from the running service: https://genql.dev/docs

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../apollo/build.js';
import { ENDPOINT, mainJob, Session } from './job.js';

const BUILT = fileURLToPath(new URL('../target/matrix/genql', import.meta.url));

test('genql does the main job with queries that it builds', async () => {
  rmSync(BUILT, { recursive: true, force: true });
  mkdirSync(BUILT, { recursive: true });
  run('.', 'genql', '--endpoint', ENDPOINT, '--output', BUILT);
  writeFileSync(`${BUILT}/package.json`, '{ "type": "commonjs" }');
  run('.', 'tsc', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--outDir', `${BUILT}/dist`, `${BUILT}/index.ts`);
  const { createClient } = await import(`${BUILT}/dist/index.js`);

  const session = new Session(ENDPOINT);
  const { query, mutation } = createClient({ url: session.url, headers: session.headers });
  const tokens = { accessToken: true, refreshToken: true, expiresAt: true };
  const dogs = { totalCount: true, edges: { node: { __scalar: true, owner: { id: true } } }, pageInfo: { __scalar: true } };
  const operations = {
    SignUp: ({ input }) => mutation({ signup: { __args: { input }, ...tokens } }),
    LogIn: ({ input }) => mutation({ login: { __args: { input }, ...tokens } }),
    CreateOwner: ({ input }) => mutation({ createOwner: { __args: { input }, owner: { __scalar: true } } }),
    CreateDog: ({ input }) => mutation({ createDog: { __args: { input }, dog: { __scalar: true } } }),
    Dogs: (args) => query({ myDogs: { __args: { ...args, orderBy: { field: 'NAME' } }, ...dogs } }),
  };
  await mainJob({
    session,
    execute: (name, variables) => operations[name](variables),
    errorsOf: (error) => error.errors,
  });
});
