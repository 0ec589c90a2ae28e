// Passkeys in a browser, with Chromium's virtual authenticators. The instance has the origin of the page, to which passkeys
// are bound.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { App, launch, signUp } from './app.js';
import { freePort, makeDirectory, startInstance } from './instance.js';
import { startServer } from './server.js';

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));

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
      KENNEL_WEB_APP_LOCATION: join(BUILD, 'app'),
      KENNEL_GRAPHQL_TRUSTEDDOCUMENTS_LOCATION: join(BUILD, 'persisted-query-manifest.json'),
      KENNEL_AUTH_THROTTLE_SIGNUPSBYNETWORK: '10000',
    }),
  ]);
});

after(async () => {
  await browser?.close();
  await instance?.stop();
  directory?.remove();
});

/**
 * Opens a page on a device with an authenticator that confirms every prompt at once.
 *
 * @param {import('node:test').TestContext} t the test, at whose end the device is closed
 * @param {{path?: string, url?: string, autofill?: boolean, credentials?: object[]}} options the page; whether the
 *   autofill offers passkeys; the authenticator's passkeys
 */
async function openDevice(t, { path = '/login', url = instance.url, autofill = false, credentials = [] } = {}) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const app = new App(page, { url }, { driver: 'jwt' });
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  for (const credential of credentials) {
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
  }
  if (!autofill) {
    await page.addInitScript(() => {
      globalThis.PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
  }
  await page.goto(`${url}/app${path}`);
  return {
    app,
    page,
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verify: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
}

/** Creates an account, and adds a passkey on its account page. */
async function register(t) {
  const person = await signUp({ url: instance.url, driver: 'jwt' });
  const device = await openDevice(t);
  await device.app.logIn(person.username);
  await device.app.link(person.username).click();
  await device.app.button('Add a passkey').click();
  await passkeys(device.app).locator('li').first().waitFor();
  return { ...person, ...device };
}

const passkeys = (app) => app.page.getByRole('region', { name: 'Passkeys' });

const LIST = '{ me { passkeys { name backedUp lastUsedAt } sessions { amr } } }';

test('a passkey is added, logs in by the button, is renamed and removed', async (t) => {
  const { app, username, ask, credentials } = await register(t);
  const [{ isResidentCredential, rpId, userHandle }] = await credentials();
  assert.deepEqual([isResidentCredential, rpId], [true, 'localhost']);
  assert.equal(Buffer.from(userHandle, 'base64').length, 64);
  await app.checkAccessibility();

  await app.button('Log out').click();
  await app.button('Log in with a passkey').click();
  await app.link(username).waitFor();
  const { me } = await ask(LIST);
  assert.equal(me.passkeys.length, 1);
  assert.equal(typeof me.passkeys[0].lastUsedAt, 'string');
  assert.deepEqual(me.sessions.map(({ amr }) => amr.join(' ')).sort(), ['hwk mfa', 'pwd']);

  await app.link(username).click();
  await passkeys(app).getByRole('button', { name: /^Rename/ }).click();
  await app.field('Name').fill(' ');
  await app.button('Save').click();
  assert.equal(await app.faultAt('Name'), 'Must have 1 to 100 characters.');
  await app.field('Name').fill('My laptop');
  await app.button('Save').click();
  await app.button('Remove My laptop').click();
  await app.page.getByText('My laptop does not log in any more. All other devices are logged out.').waitFor();
  assert.equal(await passkeys(app).locator('li').count(), 0);
  await assert.rejects(ask(LIST), /SESSION_ENDED/);

  await app.button('Log out').click();
  await app.button('Log in with a passkey').click();
  assert.deepEqual(await app.failure(), { code: 'UNAUTHENTICATED', text: 'This passkey opens no account here.' });
});

test('changing passkeys requires a passkey, not the password', async (t) => {
  const { app, page, username, ask, verify } = await register(t);
  await app.button('Log out').click();
  await app.logIn(username);
  await app.link(username).click();
  const devices = page.getByRole('region', { name: 'Your devices' });
  await devices.locator('li', { hasText: 'this device' }).getByText(/, proved by password$/).waitFor();

  await verify(false);
  await passkeys(app).getByRole('button', { name: /^Remove/ }).click();
  await app.dialog().getByText('This needs one of your passkeys.').waitFor();
  assert.equal(await app.dialog().getByLabel('Password').count(), 0);
  await app.checkAccessibility();
  await app.button('Use a passkey').click();
  // The browser has refused the passkey, and the dialog still asks for one.
  await page.locator('dialog button.primary:enabled').waitFor();
  assert.equal(await page.locator('.failure').count(), 0);
  assert.equal((await ask(LIST)).me.passkeys.length, 1);

  await verify(true);
  await app.button('Use a passkey').click();
  await page.getByText('All other devices are logged out.').waitFor();
  assert.equal(await passkeys(app).locator('li').count(), 0);
  await assert.rejects(ask(LIST), /SESSION_ENDED/);
});

test('a log-in by mail is offered until the service reports it as disabled', async (t) => {
  const { app, page } = await openDevice(t);
  await app.link('Log in by mail').click();
  await app.field('Email address').fill('ann@example.com');
  await app.button('Send a mail').click();
  await page.getByText('This service has no log-ins by mail. Log in with your password or a passkey.').waitFor();
  assert.equal(await page.locator('form').count(), 0);
  await app.link('Log in with the password').click();
  await app.heading('Log in').waitFor();
  assert.equal(await app.link('Log in by mail').count(), 0);

  // A reload shows the link again: the service may have enabled email log-ins.
  await page.reload();
  await app.link('Log in by mail').waitFor();
});

test('a passkey logs in by autofill, and its proof is accepted once', async (t) => {
  const { username, credentials } = await register(t);
  const device = await openDevice(t, { path: '/kennel.svg', autofill: true, credentials: await credentials() });
  const sent = [];
  device.page.on('request', (request) => sent.push(request.postData() ?? ''));

  await device.page.goto(`${instance.url}/app/login`);
  await device.app.link(username).waitFor();

  const body = sent.find((text) => text.includes('FinishPasskeyLogIn'));
  const response = await fetch(new URL('graphql', instance.url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });
  const { errors } = await response.json();
  assert.deepEqual(
    errors.map(({ extensions }) => extensions.violations.map(({ path, code }) => `${path.join('.')} ${code}`)),
    [['input.credential INVALID_TOKEN']],
  );
});

test('the autofill offers passkeys again, with another challenge, after one was refused', async (t) => {
  const { username, credentials } = await register(t);
  const device = await openDevice(t, { path: '/kennel.svg', autofill: true, credentials: await credentials() });
  const proofs = [];
  await device.page.route('**/graphql', (route) => {
    const body = route.request().postData() ?? '';
    if (!body.includes('FinishPasskeyLogIn')) {
      return route.continue();
    }
    proofs.push(challengeOf(body));
    return proofs.length > 1
      ? route.continue()
      : route.fulfill({
          contentType: 'application/graphql-response+json',
          body: JSON.stringify({
            errors: [
              {
                message: 'This passkey is unknown, or not valid here.',
                path: ['finishPasskeyLogin'],
                extensions: { code: 'UNAUTHENTICATED', reason: 'INVALID_CREDENTIALS' },
              },
            ],
            data: null,
          }),
        });
  });

  await device.page.goto(`${instance.url}/app/login`);
  assert.deepEqual(await device.app.failure(), {
    code: 'UNAUTHENTICATED',
    text: 'This passkey opens no account here.',
  });
  await device.app.link(username).waitFor();

  assert.equal(proofs.length, 2);
  assert.notEqual(proofs[0], proofs[1]);
});

/** Returns the challenge in the body of a log-in. */
function challengeOf(body) {
  const { response } = JSON.parse(JSON.parse(body).variables.input.credential);
  return JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString()).challenge;
}

test('a cloned authenticator is refused', async (t) => {
  const { app, username, credentials } = await register(t);
  const clone = await openDevice(t, { credentials: await credentials() });
  for (let times = 0; times < 2; times++) {
    await app.button('Log out').click();
    await app.button('Log in with a passkey').click();
    await app.link(username).waitFor();
  }

  await clone.app.button('Log in with a passkey').click();

  assert.deepEqual(await clone.app.failure(), { code: 'UNAUTHENTICATED', text: 'This passkey opens no account here.' });
  assert.match(instance.log(), /event=passkey-cloned account=usr_/);
});

test('an authenticator that does not verify its user does not log in', async (t) => {
  const { app, page, username, verify } = await register(t);
  await app.button('Log out').click();
  await verify(false);
  await page.evaluate(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) =>
      get(options).catch((error) => {
        globalThis.refusal = error.name;
        throw error;
      });
  });
  await app.button('Log in with a passkey').click();
  await page.waitForFunction(() => globalThis.refusal === 'NotAllowedError');
  assert.equal(await page.locator('.failure').count(), 0);
  await app.heading('Log in').waitFor();

  await verify(true);
  await app.button('Log in with a passkey').click();
  await app.link(username).waitFor();
});

test('a page of another origin is refused', async (t) => {
  const { credentials } = await register(t);
  const server = await startServer(instance.url);
  t.after(() => server.close());
  const device = await openDevice(t, { url: server.url, credentials: await credentials() });

  await device.app.button('Log in with a passkey').click();

  assert.deepEqual(await device.app.failure(), {
    code: 'UNAUTHENTICATED',
    text: 'This passkey opens no account here.',
  });
});

test("another account's challenge is refused", async (t) => {
  const { page } = await register(t);
  const { ask } = await signUp({ url: instance.url, driver: 'jwt' });
  const other = await signUp({ url: instance.url, driver: 'jwt' });
  const { beginPasskeyRegistration } = await other.ask('mutation { beginPasskeyRegistration { options } }');
  const credential = await page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
    return JSON.stringify((await navigator.credentials.create({ publicKey })).toJSON());
  }, beginPasskeyRegistration.options);
  const FINISH =
    'mutation ($input: FinishPasskeyRegistrationInput!) { finishPasskeyRegistration(input: $input) { passkey { name } } }';

  await assert.rejects(ask(FINISH, { input: { credential } }), /INVALID_TOKEN/);
  assert.equal((await ask(LIST)).me.passkeys.length, 0);
  await other.ask(FINISH, { input: { credential, name: 'Its own' } });
  assert.deepEqual(
    (await other.ask(LIST)).me.passkeys.map(({ name }) => name),
    ['Its own'],
  );
});
