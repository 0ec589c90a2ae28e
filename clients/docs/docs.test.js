// The examples in the documents are valid and up to date.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { NoUnusedFragmentsRule, parse, specifiedRules, validate } from 'graphql';

import { SERVICE } from '../apollo/build.js';
import { currentSchema } from '../schema/schema.js';
import { blocks, documents, read } from './snippets.js';

const CLIENTS = fileURLToPath(new URL('..', import.meta.url));

const all = documents.flatMap((document) => blocks(document).map((block) => ({ document, ...block })));

const place = ({ document, line }) => `${document}:${line}`;

test('code blocks in the documents equal tested files', () => {
  const others = all.filter(({ language, source }) => /^(js|ts|jsx|tsx)$/.test(language) && source === undefined);
  assert.deepEqual(others.map(place), [], 'Name the file, in a comment in front: see clients/docs/snippets.js');

  const different = all.filter(({ source, code }) => source !== undefined && read(source) !== code);
  assert.deepEqual(different.map(place), [], 'Run: npm run docs:write');
  assert.equal(all.filter(({ source }) => source !== undefined).length > 10, true);
});

test('GraphQL in the documents is valid for the schema', () => {
  const schema = currentSchema();
  const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);
  const faults = all
    .filter(({ language, source }) => language === 'graphql' && source === undefined)
    .flatMap((block) => validate(schema, parse(block.code), rules).map(({ message }) => `${place(block)}: ${message}`));
  assert.deepEqual(faults, []);
});

test('the first session in the README runs, twice, line by line, in a shell', () => {
  const { code } = all.find(({ document, code: shell }) => document === 'README.md' && shell.startsWith('KENNEL='));
  const script = code.replaceAll('http://localhost:8080', SERVICE);

  for (let run = 0; run < 2; run++) {
    const output = execFileSync('bash', ['-eu'], { input: script, encoding: 'utf8' });

    const results = output.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    assert.deepEqual(results.map(({ errors }) => errors), results.map(() => undefined));
    const [created, listed, loggedOut] = results.map(({ data }) => data);
    assert.equal(results.length, 3);
    assert.equal(created.createOwner.owner.name, 'Björn Åkesson');
    assert.match(listed.me.username, /^ann\d+$/);
    assert.deepEqual(listed.me.owners, {
      totalCount: 1,
      nodes: [{ name: 'Björn Åkesson', dogs: { nodes: [{ name: 'Rex', breed: 'Border Collie' }] } }],
    });
    assert.deepEqual(loggedOut, { logout: { success: true } });
  }
});

test('docs/clients.md names the clients of the matrix, in the versions that are installed, and their scripts', () => {
  const text = readFileSync(join(CLIENTS, '../docs/clients.md'), 'utf8');
  const [, table] = /### Clients that CI runs\n([^]*?)\n## /.exec(text);
  const { devDependencies } = JSON.parse(readFileSync(join(CLIENTS, 'package.json'), 'utf8'));
  const installed = Object.entries(devDependencies).map(([name, version]) =>
    /^(.+)@(\d+)/.exec(version.startsWith('npm:') ? version.slice('npm:'.length) : `${name}@${version}`)[0],
  );

  const named = [...table.matchAll(/`(\S+@\d+)`/g)].map(([, client]) => client);
  assert.equal(named.length, 12);
  assert.deepEqual(named.filter((client) => !installed.includes(client)), []);
  const scripts = [...table.matchAll(/\(\.\.\/clients\/matrix\/(\S+)\)/g)].map(([, script]) => script);
  assert.deepEqual(scripts.sort(), readdirSync(join(CLIENTS, 'matrix')).filter((name) => name.endsWith('.test.js')).sort());
});
