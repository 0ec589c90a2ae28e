// What the documents show works: who follows them gets what they say.
//
// SERVICE_URL says where Kennel is (http://localhost:8080).

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

/** A name that nobody has. */
const NAME = `docs-${crypto.randomUUID().slice(0, 8)}`;

test('code in the documents is that of tested files', () => {
  const others = all.filter(({ language, source }) => /^(js|ts|jsx|tsx)$/.test(language) && source === undefined);
  assert.deepEqual(others.map(place), [], 'Name the file, in a comment in front: see clients/docs/snippets.js');

  const different = all.filter(({ source, code }) => source !== undefined && read(source) !== code);
  assert.deepEqual(different.map(place), [], 'Run: npm run docs:write');
  assert.equal(all.filter(({ source }) => source !== undefined).length > 10, true);
});

test('GraphQL in the documents fits the schema', () => {
  const schema = currentSchema();
  const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);
  const faults = all
    .filter(({ language, source }) => language === 'graphql' && source === undefined)
    .flatMap((block) => validate(schema, parse(block.code), rules).map(({ message }) => `${place(block)}: ${message}`));
  assert.deepEqual(faults, []);
});

test('the first session in the README runs, line by line, in a shell', () => {
  const { code } = all.find(({ document, code: shell }) => document === 'README.md' && shell.startsWith('KENNEL='));
  const script = code
    .replaceAll('http://localhost:8080', SERVICE)
    .replaceAll('"ann"', `"${NAME}"`)
    .replaceAll('ann@example.com', `${NAME}@example.com`);

  const output = execFileSync('bash', ['-eu'], { input: script, encoding: 'utf8' });

  const answers = output.replaceAll('}{', '}\n{').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  assert.deepEqual(answers.map(({ errors }) => errors), answers.map(() => undefined));
  const [created, listed, loggedOut] = answers.map(({ data }) => data);
  assert.equal(answers.length, 3);
  assert.equal(created.createDog.dog.name, 'Rex');
  assert.deepEqual(listed.me, {
    username: NAME,
    owners: {
      totalCount: 1,
      nodes: [{ name: 'Björn Åkesson', dogs: { nodes: [{ name: 'Rex', breed: 'Border Collie' }] } }],
    },
  });
  assert.deepEqual(loggedOut, { logout: { success: true } });
});

test("the README's queries run", async () => {
  const post = async (query, variables, token) => {
    const response = await fetch(`${SERVICE}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  const { data } = await post('mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }', {
    input: { username: `${NAME}-2`, email: `${NAME}-2@example.com`, password: 'correct horse battery' },
  });
  const queries = all.filter(({ document, language }) => document === 'README.md' && language === 'graphql');
  assert.equal(queries.length, 3);

  const answers = [];
  for (const { code } of queries) {
    answers.push(await post(code, {}, data.signup.accessToken));
  }

  assert.deepEqual(answers.slice(0, 2).map(({ errors }) => errors), [undefined, undefined]);
  assert.deepEqual(answers[2].errors[0].extensions.violations.map(({ path, code }) => [path.join('.'), code]).sort(), [
    ['input.email', 'FORMAT'],
    ['input.password', 'COMMON'],
    ['input.username', 'FORMAT'],
  ]);
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
