// Kennel's own page of the link in a mail to log in, in a browser, with tokens in cookies.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { TOTP } from 'otpauth';

import { launch, signUp } from './app.js';
import { freePort, makeDirectory, startInstance } from './instance.js';

let browser;

let instance;

let directory;

before(async () => {
  const port = await freePort();
  directory = makeDirectory();
  [browser, instance] = await Promise.all([
    launch(),
    startInstance(directory.directory, {
      SERVER_PORT: String(port),
      KENNEL_WEB_BASEURL: `http://localhost:${port}`,
      KENNEL_AUTH_DRIVER: 'cookie',
      KENNEL_AUTH_COOKIESECURE: 'false',
      KENNEL_AUTH_EMAILLOGIN_ENABLED: 'true',
    }),
  ]);
});

after(async () => {
  await browser?.close();
  await instance?.stop();
  directory?.remove();
});

/** Waits for a mail to an account, and returns a part of it. */
async function mailed(username, pattern) {
  for (;;) {
    const names = existsSync(instance.mails) ? readdirSync(instance.mails) : [];
    const texts = names.map((name) => readFileSync(join(instance.mails, name), 'utf8'));
    const found = texts.filter((text) => text.includes(username)).map((text) => pattern.exec(text)?.[1]);
    if (found.some(Boolean)) {
      return found.find(Boolean);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Makes an account with a confirmed address. */
async function account() {
  const person = await signUp({ url: instance.url, driver: 'cookie' });
  await person.ask('mutation { requestEmailVerification { success } }');
  const token = await mailed(person.username, /verify-email#token=([\w-]+)/);
  await person.ask('mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }', {
    input: { token },
  });
  return person;
}

/** Sets up one-time codes. Returns the authenticator app, and the recovery codes. */
async function setUpCodes(askAs) {
  const { beginTotp } = await askAs('mutation { beginTotp { secret } }');
  const app = new TOTP({ secret: beginTotp.secret });
  const { confirmTotp } = await askAs(
    'mutation ($input: ConfirmTotpInput!) { confirmTotp(input: $input) { recoveryCodes } }',
    { input: { code: app.generate() } },
  );
  return { app, recoveryCodes: confirmTotp.recoveryCodes };
}

/** Opens a browser on a page of the service. */
async function openBrowser(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${instance.url}/verify-email`);
  return page;
}

/** Sends an operation as a page of the service does. */
function ask(page, query, variables = {}) {
  return page.evaluate(
    async (body) => {
      const headers = { 'Content-Type': 'application/json' };
      return (await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(body) })).json();
    },
    { query, variables },
  );
}

async function request(page, username) {
  const { data } = await ask(
    page,
    'mutation ($input: RequestEmailLoginInput!) { requestEmailLogin(input: $input) { browserSecret } }',
    { input: { email: `${username}@example.com` } },
  );
  assert.deepEqual(data, { requestEmailLogin: { browserSecret: null } });
  return instance.url + (await mailed(username, /(\/email-login#token=[\w-]+)/));
}

const logIn = (page) => page.getByRole('button', { name: 'Log in', exact: true }).click();

test('the link logs in in the browser that has asked for it, and in no other', async (t) => {
  const { username } = await account();
  const here = await openBrowser(t);
  const elsewhere = await openBrowser(t);
  const link = await request(here, username);

  await elsewhere.goto(link);
  await logIn(elsewhere);
  await elsewhere.getByText('This log-in was requested in another browser').waitFor();
  assert.equal(await elsewhere.locator('form').isVisible(), false);
  assert.deepEqual((await ask(elsewhere, '{ me { username } }')).data, { me: null });
  await here.goto(link);
  assert.equal(here.url(), `${instance.url}/email-login`);
  await logIn(here);
  await here.getByText('You are logged in.').waitFor();

  assert.deepEqual((await ask(here, '{ me { username } }')).data, { me: { username } });
  assert.doesNotMatch(await here.evaluate('document.cookie'), /kennel/);
});

test('a link that is opened in the page of another one is read', async (t) => {
  const { username } = await account();
  const page = await openBrowser(t);
  await page.goto(`${instance.url}/email-login#token=used`);
  await logIn(page);
  await page.getByText('This log-in was requested in another browser').waitFor();
  const link = await request(page, username);

  // The browser changes the fragment, and loads nothing.
  await page.evaluate(() => {
    globalThis.isSamePage = true;
  });
  await page.goto(link);
  await logIn(page);
  await page.getByText('You are logged in.').waitFor();

  assert.equal(page.url(), `${instance.url}/email-login`);
  assert.equal(await page.evaluate('isSamePage'), true);
  assert.deepEqual((await ask(page, '{ me { username } }')).data, { me: { username } });
});

test('an account with a second factor is asked for its code', async (t) => {
  const { username, ask: askAs } = await account();
  const { app } = await setUpCodes(askAs);
  const page = await openBrowser(t);

  await page.goto(await request(page, username));
  await logIn(page);
  const code = page.getByLabel('Code of your authenticator app, or a recovery code');
  await code.fill('wrong');
  await logIn(page);
  await page.getByText('This recovery code is wrong').waitFor();
  await code.fill(app.generate({ timestamp: Date.now() + 30_000 }));
  await logIn(page);
  await page.getByText('You are logged in.').waitFor();

  assert.deepEqual((await ask(page, '{ me { username } }')).data, { me: { username } });
});

test('after the fifth wrong code, the page has no form', async (t) => {
  const { username, ask: askAs } = await account();
  const { app } = await setUpCodes(askAs);
  const page = await openBrowser(t);
  await page.goto(await request(page, username));
  await logIn(page);
  const code = page.getByLabel('Code of your authenticator app, or a recovery code');
  for (let times = 0; times < 5; times++) {
    await code.fill('wrong');
    await logIn(page);
    await page.getByText('This recovery code is wrong').waitFor();
  }

  await code.fill(app.generate({ timestamp: Date.now() + 30_000 }));
  await logIn(page);
  await page.getByText('had too many wrong codes. Begin again.').waitFor();

  assert.equal(await page.locator('form').isVisible(), false);
  assert.deepEqual((await ask(page, '{ me { username } }')).data, { me: null });
});
