// The client preset of GraphQL Code Generator with its defaults, under `tsc --strict`:
// https://the-guild.dev/graphql/codegen/plugins/presets/preset-client

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { pointToService, run } from '../apollo/build.js';

const BUILT = fileURLToPath(new URL('../target/matrix/codegen', import.meta.url));

test("what GraphQL Code Generator's client preset makes compiles under tsc --strict, and does the main job", () => {
  rmSync(BUILT, { recursive: true, force: true });
  cpSync(fileURLToPath(new URL('codegen', import.meta.url)), BUILT, { recursive: true });
  cpSync(fileURLToPath(new URL('operations.graphql', import.meta.url)), join(BUILT, 'operations.graphql'));
  pointToService(BUILT);

  run(BUILT, 'graphql-codegen');
  run(BUILT, 'tsc', '--strict', '--target', 'es2022', '--module', 'nodenext', '--rootDir', 'src', '--outDir', 'dist', 'src/main.ts');

  assert.deepEqual(execFileSync(process.execPath, ['dist/main.js'], { cwd: BUILT, encoding: 'utf8' }).split('\n'), [
    'Bello of Ann, Fifi of Ann',
    'Rex of Ann',
    'rejected 200 NOT_FOUND',
    'rejected 400 BAD_USER_INPUT',
    'rejected 400 BAD_USER_INPUT',
    '',
  ]);
});
