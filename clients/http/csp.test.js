// GraphiQL under its Content-Security-Policy, in a browser. SERVICE_URL is the URL of the service (default
// http://localhost:8080), CHROMIUM the path of the browser (default /usr/bin/chromium).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';

const PAGE = new URL(process.env.SERVICE_URL ?? 'http://localhost:8080');

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});

after(() => browser?.close());

async function open(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  const origins = new Set();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  const response = await page.goto(PAGE.href);
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
  return { page, complaints, origins, policy: response.headers()['content-security-policy'] };
}

test('GraphiQL needs nothing that its policy forbids', async (t) => {
  const { page, complaints, origins, policy } = await open(t);
  assert.match(policy, /^default-src 'none'; script-src 'self'; /);
  assert.doesNotMatch(policy, /unsafe|\*|http/);

  for (const dialog of [/settings/i, /short keys/i]) {
    await page.getByRole('button', { name: dialog }).first().click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: /documentation explorer/i }).first().click();
  await page.getByRole('link', { name: 'Query', exact: true }).or(page.getByText('Root Types')).first().waitFor();
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await page.waitForFunction(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue() !== '');

  assert.deepEqual(complaints, []);
  assert.deepEqual([...origins], [PAGE.origin]);
});

test('injected markup is not executed, and sends nothing to other hosts', async (t) => {
  const { page, complaints } = await open(t);

  const harm = await page.evaluate(async () => {
    document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.harmed = true' }));
    const elsewhere = await fetch('https://example.com/', { mode: 'no-cors' }).then(
      () => true,
      () => false,
    );
    return [window.harmed ?? false, elsewhere];
  });

  assert.deepEqual(harm, [false, false]);
  assert.ok(complaints.some((text) => text.includes('script-src')));
  assert.ok(complaints.some((text) => text.includes('connect-src')));
});
