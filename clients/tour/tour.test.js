// The tour of docs/clients.md: its files in a new Vite project, in a browser.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080), CHROMIUM the path of the browser (default
// /usr/bin/chromium).

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { blocks } from '../docs/snippets.js';

const CLIENTS = fileURLToPath(new URL('..', import.meta.url));
const PROJECT = join(CLIENTS, 'target/my-app');
const SERVICE = (process.env.SERVICE_URL ?? 'http://localhost:8080').replace(/\/$/, '');

/** The relevant files of `npm create vite -- --template react-ts`. */
const TEMPLATE = {
  'package.json': '{"name": "my-app", "private": true, "type": "module"}',
  'index.html': '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
  'src/main.tsx': `import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import App from './App.tsx';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      module: 'ESNext',
      types: ['vite/client'],
      skipLibCheck: true,
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
      moduleDetection: 'force',
      noEmit: true,
      jsx: 'react-jsx',
      strict: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      erasableSyntaxOnly: true,
      noFallthroughCasesInSwitch: true,
    },
    include: ['src', 'vite.config.ts'],
  }),
};

/** The document's files from `clients/tour`. */
const files = blocks('docs/clients.md').flatMap(({ source, code }) => {
  const [, name] = /^clients\/tour\/([^#]+)$/.exec(source ?? '') ?? [];
  return name === undefined ? [] : [[name, code]];
});

test('the packages that the tour installs are those that are tested', () => {
  const shell = blocks('docs/clients.md').filter(({ language }) => language === 'sh');
  const installs = shell.flatMap(({ code }) => code.split('\n')).filter((line) => line.startsWith('npm install @apollo'));
  assert.equal(installs.length, 1);
  for (const [, name, version] of installs[0].matchAll(/(\S+)@(\d+)(?= |$)/g)) {
    const found = JSON.parse(readFileSync(join(CLIENTS, 'node_modules', name, 'package.json'), 'utf8')).version;
    assert.equal(found.split('.')[0], version, `${name} ${found}`);
  }
});

test('the tour signs up, lists, adds, follows and refreshes', { timeout: 120_000 }, async (t) => {
  assert.deepEqual(files.map(([name]) => name), ['vite.config.ts', 'src/kennel.ts', 'src/App.tsx']);
  rmSync(PROJECT, { recursive: true, force: true });
  for (const [name, code] of [...Object.entries(TEMPLATE), ...files]) {
    mkdirSync(dirname(join(PROJECT, name)), { recursive: true });
    writeFileSync(join(PROJECT, name), code.replaceAll('http://localhost:8080', SERVICE));
  }
  const run = (program, ...args) => [join(CLIENTS, 'node_modules/.bin', program), args];
  execFileSync(...run('tsc'), { cwd: PROJECT, stdio: 'inherit' });
  const vite = spawn(...run('vite', '--port', '0', '--host', '127.0.0.1'), { cwd: PROJECT, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => vite.kill());
  const url = await new Promise((resolve, reject) => {
    let output = '';
    vite.stdout.setEncoding('utf8').on('data', (text) => {
      // No ANSI colours.
      output += text.replaceAll(/\u001b\[\d+m/g, '');
      const [found] = /http:\/\/127\.0\.0\.1:\d+\//.exec(output) ?? [];
      if (found) {
        resolve(found);
      }
    });
    vite.on('exit', () => reject(new Error(output)));
  });

  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  const username = `tour-${crypto.randomUUID().slice(0, 13)}`;
  await page.getByLabel('Name').fill(username);
  await page.getByLabel('Email address').fill(`${username}@example.com`);
  await page.getByLabel('Password').fill('password');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('alert').getByText('one of the most common').waitFor();
  await page.getByLabel('Name').fill(username);
  await page.getByLabel('Email address').fill(`${username}@example.com`);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('heading', { name: '0 owners' }).waitFor();

  // Each owner is created after the list shows the previous one, so that the subscription is active.
  const add = async (name, count) => {
    await page.getByLabel('Owner').fill(name);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('heading', { name: `${count} owners` }).waitFor();
  };
  const names = () => page.getByRole('listitem').allTextContents();
  await page.waitForEvent('websocket', { timeout: 2_000 }).catch(() => {});
  await add('Ann', 1);
  await add('Bob', 2);
  await add('Cleo', 3);
  await add('Dora', 4);
  assert.deepEqual(await names(), ['Ann', 'Bob', 'Cleo']);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByText('Dora').waitFor();

  // The access token has expired.
  let refused = 0;
  let refreshed = 0;
  await page.route('**/graphql', async (route) => {
    const { query } = route.request().postDataJSON();
    refreshed += query.includes('refreshSession') ? 1 : 0;
    if (query.includes('createOwner') && refused === 0) {
      refused = 1;
      const error = { message: 'The access token has expired.', extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } };
      await route.fulfill({ json: { errors: [error], data: { createOwner: null } } });
    } else {
      await route.continue();
    }
  });
  await add('Emil', 5);
  assert.deepEqual([refused, refreshed], [1, 1]);
  assert.deepEqual(await names(), ['Ann', 'Bob', 'Cleo', 'Dora']);
});
