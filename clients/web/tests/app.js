// Page objects of the app in a browser.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { TOTP } from 'otpauth';
import { chromium } from 'playwright-core';

import { startServer } from './server.js';

const SCREENSHOTS = fileURLToPath(new URL('../../../target/screenshots/', import.meta.url));

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const PASSWORD = 'correct horse battery staple';

/** Starts the browser. CHROMIUM is its path (default /usr/bin/chromium). */
export function launch() {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Starts the proxy that serves the app, and creates an account.
 *
 * @param {import('node:test').TestContext} t the test, at whose end all is closed
 * @param {import('playwright-core').Browser} browser the browser
 * @param {{driver: string, url: string}} service the service
 */
export async function open(t, browser, service) {
  const server = await startServer(service.url);
  t.after(() => server.close());
  const person = await signUp(service);
  /** Opens a window, in a new browser context unless `context` is that of another window. */
  const openWindow = async (path = '/owners', { context, signedIn = true, ...options } = {}) => {
    const device = context ?? (await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }));
    if (!context) {
      t.after(() => device.close());
    }
    const app = new App(await device.newPage(), server, service);
    t.after(() => assert.deepEqual(app.complaints, []));
    if (signedIn && !context) {
      await app.signIn(person);
    }
    await app.page.goto(`${server.url}/app${path}`);
    return app;
  };
  return { server, ...person, openWindow };
}

/** Creates an account. Returns its username, and a function that executes operations without the app. */
export async function signUp({ url, driver }) {
  const username = `web-${crypto.randomUUID().slice(0, 13)}`;
  let headers = {};
  const ask = async (query, variables = {}) => {
    const response = await fetch(new URL('graphql', url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, JSON.stringify(errors));
    return { data, cookies: response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]) };
  };
  const { data, cookies } = await ask(
    'mutation SignUp($input: SignupInput!) {\n  signup(input: $input) {\n    ...Tokens\n    __typename\n  }\n}\n\n' +
      'fragment Tokens on AuthPayload {\n  accessToken\n  refreshToken\n  deviceToken\n  user {\n    id\n    username\n' +
      '    __typename\n  }\n  __typename\n}',
    { input: { username, email: `${username}@example.com`, password: PASSWORD } },
  );
  headers = driver === 'cookie' ? { Cookie: cookies.join('; ') } : { Authorization: `Bearer ${data.signup.accessToken}` };
  return { username, ask: async (query, variables) => (await ask(query, variables)).data };
}

/** Sets up one-time codes without the app. Returns the code generator and the recovery codes. */
export async function setUpCodes(ask) {
  const totp = new TOTP({ secret: (await ask('mutation { beginTotp { secret } }')).beginTotp.secret });
  const CONFIRM = 'mutation ($input: ConfirmTotpInput!) { confirmTotp(input: $input) { recoveryCodes } }';
  const { confirmTotp } = await ask(CONFIRM, { input: { code: totp.generate() } });
  return { totp, recoveryCodes: confirmTotp.recoveryCodes };
}

export class App {
  /** Uncaught exceptions and console errors. */
  complaints = [];

  constructor(page, server, { driver }) {
    this.page = page;
    this.server = server;
    this.driver = driver;
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
  }

  /** Logs in, and waits for the first page. */
  async signIn({ username }) {
    await this.page.goto(`${this.server.url}/app/kennel.svg`);
    await this.page.goto(`${this.server.url}/app/login`);
    await this.logIn(username);
    await this.heading('Owners').waitFor();
  }

  async logIn(username, password = PASSWORD) {
    await this.field('Name').fill(username);
    await this.field('Password').fill(password);
    await this.button('Log in').click();
  }

  field(label) {
    return this.page.getByLabel(label, { exact: true });
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name) {
    return this.page.getByRole('link', { name, exact: true });
  }

  heading(name) {
    return this.page.getByRole('heading', { name });
  }

  dialog() {
    return this.page.getByRole('dialog');
  }

  /** Clicks "Undo" in a toast. */
  undo(message) {
    return this.page.locator('.toast', { hasText: message }).getByRole('button', { name: 'Undo' }).click();
  }

  /** Waits until the change feed is connected. */
  live() {
    return this.page.locator('.connection[data-state=live]').waitFor();
  }

  /** Waits until the page has stopped scrolling and the URL has the position. */
  still() {
    return this.page.evaluate(
      () =>
        new Promise((resolve) => {
          let timer;
          const wait = () => {
            clearTimeout(timer);
            timer = setTimeout(() => {
              removeEventListener('scroll', wait);
              resolve();
            }, 300);
          };
          addEventListener('scroll', wait);
          wait();
        }),
    );
  }

  /** Returns the names of the list's rendered rows. */
  names() {
    return this.page.locator('.rows .row-name').evaluateAll((rows) => rows.map((row) => row.firstChild.textContent));
  }

  /** Waits until the list shows exactly these names, without pending rows. */
  async shows(...names) {
    const isShown = (expected) => {
      const shown = [...document.querySelectorAll('.rows .row-name')].map((row) => row.firstChild.textContent);
      return JSON.stringify(shown) === expected && !document.querySelector('.row[aria-busy=true]');
    };
    await this.page.waitForFunction(isShown, JSON.stringify(names)).catch(async (error) => {
      await this.screenshot('failure');
      throw new Error(`The list has ${await this.names()}, and not ${names}`, { cause: error });
    });
  }

  /** Returns the error message of an input. */
  async faultAt(label) {
    const input = this.field(label).and(this.page.locator('[aria-invalid=true]'));
    await input.waitFor();
    return this.page.locator(`[id="${await input.getAttribute('aria-describedby')}"]`).textContent();
  }

  /** Returns the visible failure: its code and text. */
  async failure() {
    const failure = this.page.locator('.failure').first();
    await failure.waitFor();
    return { code: await failure.getAttribute('data-code'), text: await failure.locator('p').first().textContent() };
  }

  /** Asserts that axe finds no violations. */
  async checkAccessibility() {
    await this.page.evaluate(() => document.getAnimations().forEach((animation) => animation.pause()));
    if (!(await this.page.evaluate(() => 'axe' in globalThis))) {
      // Scripts that Playwright evaluates bypass the page's Content-Security-Policy.
      await this.page.evaluate((await import('node:fs')).readFileSync(AXE, 'utf8'));
    }
    const { violations } = await this.page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      [],
      this.page.url(),
    );
  }

  screenshot(name) {
    return this.page.screenshot({ path: `${SCREENSHOTS}web-${name}.png`, animations: 'disabled' });
  }
}
