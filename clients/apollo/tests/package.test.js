// The contents and exports of the npm package.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the package contains code and types only', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: PACKAGE, encoding: 'utf8' });
  const [{ name, files }] = Object.values(JSON.parse(output));
  const paths = files.map(({ path }) => path);

  assert.equal(name, '@kennel/apollo');
  const modules = ['cache', 'client', 'connection', 'errors', 'index', 'links', 'order', 'session'];
  assert.deepEqual(
    paths.filter((path) => path.startsWith('dist/kennel/')).sort(),
    modules.flatMap((module) => [`dist/kennel/${module}.d.ts`, `dist/kennel/${module}.js`]),
  );
  assert.deepEqual(paths.filter((path) => !path.startsWith('dist/')).sort(), ['README.md', 'package.json']);
});

test('the package exports exactly its public API', async () => {
  assert.deepEqual(Object.keys(await import('@kennel/apollo')).sort(), [
    'createKennel',
    'errorsOf',
    'hasCode',
    'hasReason',
    'isRefreshable',
    'placeInLists',
    'remove',
    'removeOwner',
    'retryAfterOf',
    'violationsOf',
  ]);
});
