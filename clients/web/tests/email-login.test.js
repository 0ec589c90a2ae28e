// Email log-ins in a browser: with Kennel's own page, with the driver `cookie`, and with the app.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { App, launch, PASSWORD, setUpCodes, signUp } from './app.js';
import { freePort, makeDirectory, startInstance } from './instance.js';

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));

let browser;

let instance;

/** An instance with the app, and with the driver `jwt`. */
let appInstance;

const directories = [];

async function start(settings) {
  const port = await freePort();
  const directory = makeDirectory();
  directories.push(directory);
  return startInstance(directory.directory, {
    SERVER_PORT: String(port),
    KENNEL_WEB_BASEURL: `http://localhost:${port}`,
    KENNEL_AUTH_EMAILLOGIN_ENABLED: 'true',
    ...settings,
  });
}

before(async () => {
  [browser, instance, appInstance] = await Promise.all([
    launch(),
    start({ KENNEL_AUTH_DRIVER: 'cookie', KENNEL_AUTH_COOKIESECURE: 'false' }),
    start({
      KENNEL_WEB_APP_LOCATION: join(BUILD, 'app'),
      KENNEL_GRAPHQL_TRUSTEDDOCUMENTS_LOCATION: join(BUILD, 'persisted-query-manifest.json'),
    }),
  ]);
});

after(async () => {
  await browser?.close();
  await Promise.all([instance?.stop(), appInstance?.stop()]);
  directories.forEach(({ remove }) => remove());
});

/** Creates an account with a verified email address. */
async function account({ driver = 'cookie', service = instance } = {}) {
  const person = await signUp({ url: service.url, driver });
  await person.ask('mutation { requestEmailVerification { success } }');
  const token = await service.mailed(/verify-email#token=([\w-]+)/, { text: person.username });
  await person.ask('mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }', {
    input: { token },
  });
  return person;
}

/** Opens a browser on a page of the service. */
async function openBrowser(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${instance.url}/verify-email`);
  return page;
}

/** Executes an operation like a page of the service. */
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
  return instance.url + (await instance.mailed(/(\/email-login#token=[\w-]+)/, { text: username }));
}

const logIn = (page) => page.getByRole('button', { name: 'Log in', exact: true }).click();

test('the link logs in only in the browser that has requested it', async (t) => {
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

test('a link opened in the page of an earlier link is used', async (t) => {
  const { username } = await account();
  const page = await openBrowser(t);
  await page.goto(`${instance.url}/email-login#token=used`);
  await logIn(page);
  await page.getByText('This log-in was requested in another browser').waitFor();
  const link = await request(page, username);

  // A navigation to another fragment only: the page is not reloaded.
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

test('the failure of an earlier link is not shown for a later one', async (t) => {
  const page = await openBrowser(t);
  await page.goto(`${instance.url}/email-login#token=first`);
  await page.evaluate(() => {
    globalThis.fetch = () =>
      new Promise((resolve, reject) => {
        globalThis.fail = () => reject(new TypeError('Failed to fetch'));
      });
  });
  await logIn(page);

  await page.goto(`${instance.url}/email-login#token=`);
  const status = page.getByText('This link is not whole.');
  await status.waitFor();
  await page.evaluate('fail()');

  assert.equal(await status.isVisible(), true);
  assert.equal(await page.getByRole('button', { name: 'Log in', exact: true }).isDisabled(), true);
});

/** Opens the log-in link of an account with a second factor, and waits for the code field. */
async function openCodePage(t) {
  const { username, ask: askAs } = await account();
  const { totp } = await setUpCodes(askAs);
  const page = await openBrowser(t);
  await page.goto(await request(page, username));
  await logIn(page);
  const code = page.getByLabel('Code of your authenticator app, or a recovery code');
  return { username, totp, page, code };
}

test('an account with a second factor is asked for its code', async (t) => {
  const { username, totp, page, code } = await openCodePage(t);

  await code.fill('wrong');
  await logIn(page);
  await page.getByText('This recovery code is wrong').waitFor();
  await code.fill(totp.generate({ timestamp: Date.now() + 30_000 }));
  await logIn(page);
  await page.getByText('You are logged in.').waitFor();

  assert.deepEqual((await ask(page, '{ me { username } }')).data, { me: { username } });
});

test('after the fifth wrong code, the page has no form', async (t) => {
  const { totp, page, code } = await openCodePage(t);
  for (let times = 0; times < 5; times++) {
    await code.fill('wrong');
    await logIn(page);
    await page.getByText('This recovery code is wrong').waitFor();
  }

  await code.fill(totp.generate({ timestamp: Date.now() + 30_000 }));
  await logIn(page);
  await page.getByText('had too many wrong codes. Begin again.').waitFor();

  assert.equal(await page.locator('form').isVisible(), false);
  assert.deepEqual((await ask(page, '{ me { username } }')).data, { me: null });
});

/** Creates an account, and opens the app. */
async function openApp(t) {
  const person = await account({ driver: 'jwt', service: appInstance });
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${appInstance.url}/app/login`);
  return { ...person, page, app: new App(page, { url: appInstance.url }, { driver: 'jwt' }) };
}

/** Requests a log-in mail in the app. Returns its code and its link. */
async function requestInApp(app, username, { button = 'Send a mail', count = 1 } = {}) {
  await app.button(button).click();
  await app.page.getByText('Enter the code here, and nowhere else.').waitFor();
  const [code, path] = await Promise.all(
    [/^(\d{6})\r?$/m, /(\/app\/email-login#token=[\w-]+)/].map((pattern) =>
      appInstance.mailed(pattern, { text: username, count }),
    ),
  );
  return { code, link: appInstance.url + path };
}

/** Returns the locator of this device in the app's list, with its proofs. */
const thisDevice = (app, proofs) =>
  app.page
    .getByRole('region', { name: 'Your devices' })
    .locator('li', { hasText: 'this device' })
    .getByText(new RegExp(`, proved by ${proofs}$`));

test('in the app, another mail can be asked for, whose link logs in', async (t) => {
  const { app, page, username } = await openApp(t);
  await app.link('Log in by mail').click();
  await app.field('Email address').fill(`${username}@example.com`);
  const first = await requestInApp(app, username);
  await page.route('**/graphql', (route) => route.abort(), { times: 1 });
  await app.button('Send another mail').click();
  const second = await requestInApp(app, username, { button: 'Try again', count: 2 });
  await page.getByText('Earlier codes do not work any more.').waitFor();
  await app.checkAccessibility();

  // The tab already has the page open: the link does not reload it.
  await page.goto(first.link);
  await app.button('Log in').click();
  assert.deepEqual(await app.failure(), {
    code: 'BAD_USER_INPUT',
    text: 'This link was used before, or is not of the newest mail. Ask for another mail.',
  });
  assert.equal(await app.button('Log in').count(), 0);
  await app.checkAccessibility();
  await app.button('Ask for another mail').click();
  await app.field('Email address').waitFor();
  await page.goto(first.link);
  await app.button('Log in').waitFor();
  await page.goto(second.link);
  await page.waitForURL(`${appInstance.url}/app/email-login`);
  await app.button('Log in').click();
  await app.link(username).click();
  await thisDevice(app, 'mail').waitFor();
});

test('in the app, a log-in by mail is asked for the second factor', async (t) => {
  const { app, page, username, ask: askAs } = await openApp(t);
  const { recoveryCodes } = await setUpCodes(askAs);
  await app.link('Log in by mail').click();
  await app.field('Email address').fill(`${username}@example.com`);
  const { link } = await requestInApp(app, username);
  await page.goto(link);
  await app.button('Log in').click();
  await app.heading('Enter a code').waitFor();
  for (let times = 0; times < 5; times++) {
    await app.field('Code').fill('wrong');
    await app.button('Log in').click();
    assert.equal((await app.failure()).text, 'This recovery code is wrong, or was used before.');
  }
  await app.field('Code').fill(recoveryCodes[0]);
  await app.button('Log in').click();
  await page.getByText('had too many wrong codes. Begin again.').waitFor();
  assert.equal(await app.button('Log in').count(), 0);

  await app.button('Begin again').click();
  await app.field('Email address').fill(`${username}@example.com`);
  const { code } = await requestInApp(app, username, { count: 2 });
  await app.field('Code').fill(code);
  await app.button('Log in').click();
  await app.heading('Enter a code').waitFor();
  await app.field('Code').fill(recoveryCodes[0]);
  await app.button('Log in').click();
  await app.link(username).click();
  await thisDevice(app, 'mail and recovery code').waitFor();
});

test('in the app, a log-in by mail takes the password before it ends another session', async (t) => {
  const { app, page, username, ask: askAs } = await openApp(t);
  await app.link('Log in by mail').click();
  await app.field('Email address').fill(`${username}@example.com`);
  const { code } = await requestInApp(app, username);
  await app.field('Code').fill(code);
  await app.button('Log in').click();
  await app.link(username).click();
  await thisDevice(app, 'mail').waitFor();

  await page.getByRole('button', { name: /^Log out node/ }).click();
  await app.dialog().getByText('This needs your password.').waitFor();
  assert.deepEqual(Object.keys((await askAs('{ me { username } }')).me), ['username']);
  await app.dialog().getByLabel('Password').fill(PASSWORD);
  await app.button('Continue').click();
  await page.getByText('node was logged out.').waitFor();
  await thisDevice(app, 'password and mail').waitFor();
  await assert.rejects(askAs('{ me { username } }'), /SESSION_ENDED/);
});
