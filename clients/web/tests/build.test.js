// The files of `npm run build`.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const BUILD = new URL('../build/', import.meta.url);

const read = (name) => readFileSync(new URL(name, BUILD), 'utf8');

const page = read('app/index.html');

const assets = readdirSync(new URL('app/assets/', BUILD));

test('the first page loads less than 149 kB of JavaScript', () => {
  const scripts = [...page.matchAll(/(?:src|href)="\/app\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name);
  const size = scripts.reduce((sum, name) => sum + gzipSync(read(`app/${name}`)).length, 0);

  assert.equal(scripts.length > 0, true);
  assert.equal(size < 149_000, true, `${size} bytes`);
});

test('the page has no script or style of its own, and all assets have a hash in their names', () => {
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]* src=)|\son\w+=/);
  assert.deepEqual(assets.filter((name) => !/-[\w-]{8}\.(js|css)$/.test(name)), []);
});

test('the operations are in the manifest, and not in the files', () => {
  const { operations } = JSON.parse(read('persisted-query-manifest.json'));
  const code = assets.map((name) => read(`app/assets/${name}`)).join('\n');

  assert.equal(operations.length > 20, true);
  for (const { name, body } of operations) {
    assert.match(body, new RegExp(`^(query|mutation|subscription) ${name}\\b`));
    assert.doesNotMatch(code, new RegExp(`(query|mutation|subscription) ${name}\\b`));
  }
});
