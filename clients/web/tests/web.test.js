// The reference client in a browser, against the packaged service.
//
// SERVICE_URL is Kennel's URL (http://localhost:8080). The optional COOKIE_SERVICE_URL is that of an instance with the
// driver `cookie`. Both serve the build of the app (`kennel.web.app.location`), and have its manifest of operations.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { TOTP } from 'otpauth';

import { launch, open, PASSWORD, setUpCodes, signUp } from './app.js';
import { makeDirectory, startInstance } from './instance.js';

const services = [
  { driver: 'jwt', url: process.env.SERVICE_URL ?? 'http://localhost:8080' },
  ...(process.env.COOKIE_SERVICE_URL ? [{ driver: 'cookie', url: process.env.COOKIE_SERVICE_URL }] : []),
];

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

const CREATE = 'mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }';

/** Creates an owner through the API. Returns its id. */
async function createOwner(ask, name, ...dogs) {
  const { createOwner: payload } = await ask(CREATE, { input: { name, dogs: dogs.map((dog) => ({ name: dog })) } });
  return payload.owner.id;
}

/** Locates the devices whose sessions have these proofs. */
function devices(app, proofs) {
  const note = app.page.getByText(new RegExp(`, proved by ${proofs}$`));
  return app.page.getByRole('region', { name: 'Your devices' }).locator('li').filter({ has: note });
}

for (const service of services) {
  const { driver } = service;

  test(`${driver}: a person signs up, logs out and logs in, and a reload changes nothing`, async (t) => {
    const { openWindow, server } = await open(t, browser, service);
    const app = await openWindow('/dogs?q=rex', { signedIn: false });
    const { username: taken } = await signUp(service);

    await app.heading('Log in').waitFor();
    await app.link('Sign up').click();
    await app.field('Name').fill('x');
    await app.field('Email address').fill('nowhere');
    await app.field('Password').fill('password');
    await app.button('Sign up').click();
    assert.equal(await app.faultAt('Name'), 'A username has 3 to 32 letters, digits, dots, underscores and hyphens.');
    assert.equal(await app.faultAt('Email address'), 'This is not an email address.');
    assert.equal(await app.faultAt('Password'), 'This password is one of the most common ones, and would be guessed.');
    assert.equal(await app.page.evaluate(() => document.activeElement.name), 'input.username');

    const username = `web-${crypto.randomUUID().slice(0, 13)}`;
    await app.field('Name').fill(taken);
    await app.field('Email address').fill(`${username}@example.com`);
    await app.field('Password').fill(PASSWORD);
    await app.button('Sign up').click();
    assert.equal(await app.faultAt('Name'), 'This username is taken.');
    await app.field('Name').fill(username);
    await app.button('Sign up').click();

    // The page that redirected to the log-in.
    await app.heading('Dogs').waitFor();
    assert.match(app.page.url(), /\/app\/dogs\?q=rex$/);
    await app.live();
    await app.page.reload();
    await app.link(username).waitFor();
    assert.match(app.page.url(), /\/app\/dogs\?q=rex$/);

    // The feed's WebSocket is closed before the response to LogOut arrives: the app must still report a log-out.
    await app.live();
    server.delay('LogOut');
    await app.button('Log out').click();
    await app.heading('Log in').waitFor();
    assert.equal(await app.page.getByText('Your session has ended.').isVisible(), false);
    await app.logIn(username, 'not the password');
    assert.deepEqual(await app.failure(), { code: 'UNAUTHENTICATED', text: 'The name or the password is wrong.' });
    await app.logIn(username);
    await app.heading('Owners').waitFor();
    assert.equal(server.count('Refresh'), 0);
  });

  test(`${driver}: owners and dogs are added, changed, moved and removed, and that is undone`, async (t) => {
    const { openWindow, ask, server } = await open(t, browser, service);
    const app = await openWindow();

    await app.link('New owner').click();
    await app.dialog().waitFor();
    await app.field('Name').fill('Ann');
    await app.button('Add a dog').click();
    await app.button('Add a dog').click();
    const dog = (number) => app.page.getByRole('group', { name: `Dog ${number}` });
    await dog(1).getByLabel('Name').fill('Rex');
    await dog(1).getByLabel('Breed').fill('Border Collie');
    await dog(1).getByLabel('Born').fill('2020-02-29');
    await app.button('Add owner').click();
    const fault = dog(2).locator('.field-fault');
    await fault.waitFor();
    assert.equal(await fault.textContent(), 'Must have 1 to 100 characters.');
    await dog(2).getByLabel('Name').fill('Bella');
    await app.button('Add owner').click();
    await app.heading('Ann').waitFor();
    await app.shows('Rex', 'Bella');
    assert.equal(server.count('OwnerPage'), 0);

    await app.button('Rename').click();
    await app.field('Name').first().fill(' ');
    await app.button('Save').click();
    assert.equal(await app.faultAt('Name'), 'Must have 1 to 100 characters.');
    await app.field('Name').first().fill('Anna');
    await app.button('Save').click();
    await app.heading('Anna').waitFor();
    await app.undo('Ann is called Anna now.');
    await app.page.getByRole('heading', { name: 'Ann', exact: true }).waitFor();

    const form = app.page.getByRole('region', { name: 'Add a dog' });
    await form.getByLabel('Name').fill('Dee');
    await app.button('Add dog').click();
    await app.shows('Rex', 'Bella', 'Dee');

    await app.button('Remove Bella').click();
    await app.shows('Rex', 'Dee');
    await app.undo('Bella was removed.');
    await app.shows('Rex', 'Dee', 'Bella');

    await createOwner(ask, 'Bob');
    await app.button('Edit Dee').click();
    await app.dialog().getByLabel('Search another owner').fill('bo');
    await app.dialog().getByLabel('Bob').check();
    await app.dialog().getByLabel('Breed').fill('Beagle');
    await app.button('Save').click();
    await app.shows('Rex', 'Bella');
    await app.link('Dogs').click();
    await app.shows('Bella', 'Dee', 'Rex');
    assert.deepEqual(
      (await ask('{ myDogs(orderBy: { field: NAME }) { nodes { name breed owner { name } } } }')).myDogs.nodes,
      [
        { name: 'Bella', breed: null, owner: { name: 'Ann' } },
        { name: 'Dee', breed: 'Beagle', owner: { name: 'Bob' } },
        { name: 'Rex', breed: 'Border Collie', owner: { name: 'Ann' } },
      ],
    );

    await app.link('Ann').first().click();
    await app.heading('Ann').waitFor();
    await app.button('Remove').click();
    await app.dialog().getByRole('button', { name: 'Remove' }).click();
    await app.heading('Owners').waitFor();
    await app.shows('Bob');
    await app.link('Dogs').click();
    await app.shows('Dee');
    // Each list was loaded once: the changes were applied to the cache.
    assert.deepEqual([server.count('OwnersPage'), server.count('DogsPage')].map((count) => count <= 2), [true, true]);
    assert.deepEqual((await ask('{ myOwners { totalCount } }')).myOwners, { totalCount: 1 });
  });

  test(`${driver}: two devices show the same data, also after a lost connection`, async (t) => {
    const { openWindow, server, username } = await open(t, browser, service);
    const here = await openWindow();
    const there = await openWindow();
    await here.live();
    await there.live();
    const add = async (name) => {
      await there.link('New owner').click();
      await there.field('Name').fill(name);
      await there.button('Add owner').click();
      await there.heading(name).waitFor();
      await there.link('Owners').last().click();
    };

    await add('Cleo');
    await here.shows('Cleo');
    assert.equal(server.cut(), 2);
    await add('Ada');
    await here.shows('Ada', 'Cleo');
    await here.live();

    // The connection is down for a while: the indicator shows it, and no change is lost.
    server.setUp(false);
    await here.page.locator('.connection[data-state=lost]').waitFor();
    assert.equal(await here.page.locator('.connection').textContent(), 'Reconnecting…');
    server.setUp(true);
    await here.live();
    await add('Bert');
    await here.shows('Ada', 'Bert', 'Cleo');
    await here.link('Bert').waitFor({ state: 'detached' });
    await there.link(/Bert/).click();
    await there.button('Remove').click();
    await there.dialog().getByRole('button', { name: 'Remove' }).click();
    await here.shows('Ada', 'Cleo');
    assert.equal(server.count('OwnersPage') <= 4, true);

    // The tabs of a browser share a session.
    const tab = await openWindow('/owners', { context: here.page.context() });
    await tab.link(username).waitFor();
    await tab.button('Log out').click();
    await tab.heading('Log in').waitFor();
    await here.heading('Log in').waitFor();
    await there.page.getByRole('heading', { name: 'Owners' }).waitFor();
  });

  test(`${driver}: an expired access token is refreshed once; without a session, the log-in is shown`, async (t) => {
    const { openWindow, server, ask, username } = await open(t, browser, service);
    await createOwner(ask, 'Ann');
    const app = await openWindow('/owners?sort=-name');
    await app.shows('Ann');
    const expired = ['UNAUTHENTICATED', { reason: 'TOKEN_EXPIRED' }];

    server.fail('DogsPage', ...expired);
    server.fail('AccountPage', ...expired);
    await app.link('Dogs').click();
    await app.heading('Dogs').waitFor();
    await app.page.getByText('There are no dogs yet.').waitFor();
    assert.equal(server.count('Refresh'), 1);
    await app.link(username).click();
    await app.heading('Your devices').waitFor();
    assert.equal(server.count('Refresh'), 2);

    server.fail('OwnerPage', 'UNAUTHENTICATED', { reason: 'SESSION_ENDED' });
    await app.page.goBack();
    await app.page.goBack();
    await app.link(/Ann/).click();
    await app.page.getByText('Your session has ended.').waitFor();
    await app.logIn(username);
    await app.heading('Ann').waitFor();
    assert.equal(server.count('Refresh'), 2);
  });

  test(`${driver}: name, address and password are changed with the password`, async (t) => {
    const { openWindow, server, username } = await open(t, browser, service);
    const here = await openWindow('/account');
    const there = await openWindow('/owners');
    await there.heading('Owners').waitFor();
    await here.page.reload();
    await here.page.locator('.devices li').nth(1).waitFor();
    const sessions = await here.page.locator('.devices li').count();
    const dialog = here.dialog();
    const save = () => dialog.getByRole('button', { name: 'Save' }).click();

    await here.button('Change name').click();
    await dialog.getByLabel('Name').fill(`${username}-2`);
    await dialog.getByLabel('Your password').fill('not the password');
    await save();
    assert.equal(await here.faultAt('Your password'), "This is not the account's password.");
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await save();
    await here.heading(`${username}-2`).waitFor();
    await here.link(`${username}-2`).waitFor();

    await here.button('Change address').click();
    await dialog.getByLabel('Email address').fill('nowhere');
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await save();
    assert.equal(await here.faultAt('Email address'), 'This is not an email address.');
    await dialog.getByLabel('Email address').fill(`${username}-2@example.com`);
    await save();
    await here.page.getByText(`${username}-2@example.com`).waitFor();

    await here.button('Change password').click();
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByLabel('New password').fill('password');
    await save();
    assert.equal(await here.faultAt('New password'), 'This password is one of the most common ones, and would be guessed.');
    await dialog.getByLabel('New password').fill(`${PASSWORD} 2`);
    await save();
    await here.page.getByText('Your password was changed.').waitFor();

    // All other devices are logged out, and this one is not.
    assert.equal(await here.page.locator('.devices li').count(), 1);
    assert.equal(sessions > 1, true);
    await there.page.getByText('Your session has ended.').waitFor();
    await there.logIn(`${username}-2`, `${PASSWORD} 2`);
    await there.heading('Owners').waitFor();
    await here.link('Dogs').click();
    await here.heading('Dogs').waitFor();
    assert.equal(server.count('Refresh'), 0);
    // A known device stays known after the password change.
    await here.button('Log out').click();
    await here.heading('Log in').waitFor();
    await here.logIn(`${username}-2`, `${PASSWORD} 2`);
    await here.heading('Owners').waitFor();
    const { deviceToken } = server.requests.findLast(({ operationName }) => operationName === 'LogIn').variables.input;
    assert.equal(typeof deviceToken, driver === 'jwt' ? 'string' : 'object');
  });

  test(`${driver}: two-step log-in is set up, asked for, and turned off`, async (t) => {
    const { openWindow, username } = await open(t, browser, service);
    const app = await openWindow('/account');

    await app.button('Set up two-step log-in').click();
    await app.dialog().getByRole('img', { name: 'The secret as a QR code' }).waitFor();
    const totp = new TOTP({ secret: await app.dialog().locator('code').textContent() });
    await app.field('Code').fill('no code');
    await app.button('Turn on').click();
    await app.dialog().locator('.field-fault').waitFor();
    await app.field('Code').fill(totp.generate());
    await app.button('Turn on').click();
    await app.dialog().locator('.recovery-codes li').first().waitFor();
    const recoveryCodes = await app.dialog().locator('.recovery-codes code').allTextContents();
    assert.equal(recoveryCodes.length, 10);
    await app.button('I have kept them').click();
    await app.page.getByText('You have 10 recovery codes').waitFor();

    await app.button('Log out').click();
    await app.logIn(username);
    await app.heading('Enter a code').waitFor();
    await app.field('Code').fill(totp.generate({ timestamp: Date.now() + 30_000 }));
    await app.button('Log in').click();
    await app.link(username).waitFor();

    await app.button('Log out').click();
    await app.logIn(username);
    await app.heading('Enter a code').waitFor();
    await app.field('Code').fill(recoveryCodes[0]);
    await app.button('Log in').click();
    await app.link(username).click();
    await app.page.getByText('You have 9 recovery codes').waitFor();
    await app.button('Replace the recovery codes').click();
    await app.dialog().locator('.recovery-codes li').first().waitFor();
    const others = await app.dialog().locator('.recovery-codes code').allTextContents();
    assert.equal(new Set([...recoveryCodes, ...others]).size, 20);
    await app.checkAccessibility();
    await app.button('I have kept them').click();
    await app.page.getByText('You have 10 recovery codes').waitFor();

    await app.button('Log out').click();
    await app.logIn(username);
    await app.field('Code').fill(recoveryCodes[1]);
    await app.button('Log in').click();
    assert.deepEqual(await app.failure(), {
      code: 'BAD_USER_INPUT',
      text: 'This recovery code is wrong, or was used before.',
    });
    await app.field('Code').fill(others[0]);
    await app.button('Log in').click();
    await app.link(username).click();
    await app.button('Turn off').click();
    await app.page.getByText('Logging in needs your password alone.').waitFor();

    await app.button('Log out').click();
    await app.logIn(username);
    await app.link(username).waitFor();
  });

  test(`${driver}: only new devices need a code, and changing that policy needs one`, async (t) => {
    const { openWindow, server, ask, username } = await open(t, browser, service);
    const { totp, recoveryCodes } = await setUpCodes(ask);
    const here = await openWindow('/login', { signedIn: false });
    const logIn = async (app, recoveryCode) => {
      await app.logIn(username);
      await app.heading('Enter a code').waitFor();
      await app.field('Code').fill(recoveryCode);
      await app.button('Log in').click();
      await app.link(username).click();
    };
    const isNewDevices = here.page.getByRole('checkbox', { name: 'Ask on new devices only', checked: true });
    await logIn(here, recoveryCodes[0]);
    await here.page.getByText('Logging in needs a code of your authenticator app.').waitFor();
    await here.field('Ask on new devices only').click();
    await isNewDevices.waitFor();
    await here.page.getByText('Logging in on a new device needs a code of your authenticator app.').waitFor();

    // The change of the policy has reset all trusted devices: a log-in with a code makes this one trusted.
    await here.button('Log out').click();
    await logIn(here, recoveryCodes[1]);
    await here.button('Log out').click();
    await here.logIn(username);
    await here.link(username).waitFor();
    const there = await openWindow('/login', { signedIn: false });
    await logIn(there, recoveryCodes[2]);
    await here.link(username).click();
    await devices(here, 'password and recovery code').waitFor();
    await devices(here, 'password').filter({ hasText: 'this device' }).waitFor();

    // Revoking a session accepts any proof.
    const refusal = ['FORBIDDEN', { reason: 'REAUTHENTICATION_REQUIRED' }];
    server.fail('RevokeSession', ...refusal, { path: ['revokeSession'] });
    await devices(here, 'password and recovery code').getByRole('button').click();
    await here.field('Code').waitFor();
    await here.button('Use the password').click();
    server.fail('Reauthenticate', 'TIMEOUT');
    await here.button('Continue').click();
    assert.equal((await here.failure()).code, 'TIMEOUT');
    await here.button('Use a code').click();
    await here.field('Code').waitFor();
    assert.equal(await here.dialog().locator('.failure').count(), 0);
    await here.button('Use the password').click();
    await here.dialog().getByLabel('Password').fill(PASSWORD);
    await here.button('Continue').click();
    await there.page.getByText('Your session has ended.').waitFor();

    // Changing the second factor does not accept the password.
    await here.field('Ask on new devices only').click();
    await here.dialog().getByText('This needs a code of your second factor.').waitFor();
    assert.equal(await here.dialog().getByLabel('Password').count(), 0);
    assert.equal(await here.button('Use the password').count(), 0);
    await here.checkAccessibility();
    await here.field('Code').fill('000000');
    await here.button('Continue').click();
    assert.match(await here.faultAt('Code'), /^This code is wrong/);
    assert.equal((await ask('{ me { secondFactor { policy } } }')).me.secondFactor.policy, 'NEW_DEVICES');
    await here.field('Code').fill(totp.generate({ timestamp: Date.now() + 30_000 }));
    await here.button('Continue').click();
    await isNewDevices.waitFor({ state: 'detached' });
    await devices(here, 'password and code').filter({ hasText: 'this device' }).waitFor();
    assert.equal((await ask('{ me { secondFactor { policy } } }')).me.secondFactor.policy, 'ALWAYS');
  });

  test(`${driver}: devices are shown and logged out, with the password if need be`, async (t) => {
    const { openWindow, server, username } = await open(t, browser, service);
    const here = await openWindow('/account');
    const there = await openWindow('/owners', { userAgent: 'Mozilla/5.0 (iPhone) Version/26.0 Safari/604.1' });
    await there.heading('Owners').waitFor();
    await here.page.reload();
    await devices(here, 'password').filter({ hasText: 'Safari on iPhone' }).waitFor();

    server.fail('RevokeSession', 'UNAVAILABLE');
    server.fail('RevokeSession', 'FORBIDDEN', { reason: 'REAUTHENTICATION_REQUIRED' });
    await here.page.getByRole('button', { name: /^Log out Safari on iPhone/ }).click();
    await here.button('Try again').click();
    await here.dialog().getByLabel('Password').fill('not the password');
    await here.button('Continue').click();
    await here.dialog().locator('.field-fault').waitFor();
    await here.dialog().getByLabel('Password').fill(PASSWORD);
    await here.button('Continue').click();

    await here.page.getByText('Safari on iPhone was logged out.').waitFor();
    await here.page.getByRole('button', { name: /^Log out Safari on iPhone/ }).waitFor({ state: 'detached' });
    assert.equal(server.count('RevokeSession'), 3);
    assert.equal(server.count('AccountPage') <= 3, true);
    await there.page.getByText('Your session has ended.').waitFor();
    await here.link(username).waitFor();
  });
}

test('the requested proof is sufficient even if another device has set up a second factor', async (t) => {
  const { openWindow, ask } = await open(t, browser, services[0]);
  const app = await openWindow('/account');
  await app.button('Set up two-step log-in').waitFor();
  const { recoveryCodes } = await setUpCodes(ask);

  await app.button('Set up two-step log-in').click();
  await app.dialog().getByText('This needs a code of your second factor.').waitFor();
  await app.screenshot('proof');
  await app.field('Code').fill(recoveryCodes[0]);
  await app.button('Continue').click();
  await app.dialog().getByRole('img', { name: 'The secret as a QR code' }).waitFor();
});

test('"Try again" repeats a failed proof, and the action continues', async (t) => {
  const { openWindow, server, ask } = await open(t, browser, services[0]);
  const app = await openWindow('/account');
  await app.button('Set up two-step log-in').waitFor();
  const { recoveryCodes } = await setUpCodes(ask);

  server.fail('Reauthenticate', 'UNAVAILABLE');
  await app.button('Set up two-step log-in').click();
  await app.field('Code').fill(recoveryCodes[0]);
  await app.button('Continue').click();
  assert.equal((await app.failure()).code, 'UNAVAILABLE');
  await app.button('Try again').click();

  await app.dialog().getByRole('img', { name: 'The secret as a QR code' }).waitFor();
  assert.equal(await app.dialog().count(), 1);
  assert.equal(server.count('Reauthenticate'), 2);
});

test('"Try again" continues both steps of a log-in', async (t) => {
  const { openWindow, server, ask, username } = await open(t, browser, services[0]);
  const { recoveryCodes } = await setUpCodes(ask);
  const app = await openWindow('/login', { signedIn: false });

  server.fail('LogIn', 'UNAVAILABLE');
  await app.logIn(username);
  await app.button('Try again').click();
  await app.heading('Enter a code').waitFor();
  server.fail('FinishLogIn', 'UNAVAILABLE');
  await app.field('Code').fill(recoveryCodes[0]);
  await app.button('Log in').click();
  await app.button('Try again').click();

  await app.link(username).waitFor();
  assert.deepEqual(['LogIn', 'FinishLogIn'].map((name) => server.count(name)), [2, 2]);
});

test('of two concurrent actions that need a proof, the later one continues, and the other can be repeated', async (t) => {
  const { openWindow, server, ask } = await open(t, browser, services[0]);
  const app = await openWindow('/account');
  await app.button('Set up two-step log-in').waitFor();
  const { recoveryCodes } = await setUpCodes(ask);
  await app.page.reload();
  await app.button('Replace the recovery codes').waitFor();
  const running = (count) =>
    app.page.waitForFunction((expected) => document.querySelectorAll('main button:disabled').length === expected, count);

  // Both mutations are sent before either response arrives.
  await app.page.evaluate(() => {
    for (const name of ['Set up another app', 'Replace the recovery codes']) {
      [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name).click();
    }
  });
  await app.dialog().getByText('This needs a code of your second factor.').waitFor();
  await running(1);
  await app.field('Code').fill(recoveryCodes[0]);
  await app.button('Continue').click();

  await app.heading(/^(Set up two-step log-in|Your recovery codes)$/).waitFor();
  await running(0);
  assert.equal(server.count('BeginTotp') + server.count('ReplaceRecoveryCodes'), 3);
});

test('an expired cursor of the feed reloads all data', async (t) => {
  const { openWindow, server, ask } = await open(t, browser, services[0]);
  await createOwner(ask, 'Ann');
  const app = await openWindow();
  await app.shows('Ann');
  await app.live();
  await app.link('New owner').click();
  await app.field('Name').fill('Cleo');
  // The feed is disconnected, and its cursor is refused after the reconnect.
  const counts = () => ['OwnersPage', 'SignedIn'].map((name) => server.count(name));
  const before = counts();
  server.expireCursor();
  server.setUp(false);
  await createOwner(ask, 'Bob');
  server.setUp(true);

  await app.shows('Ann', 'Bob');
  await app.live();
  assert.deepEqual(counts(), before.map((count) => count + 1));
  // The unsaved input is kept, and the feed continues.
  assert.equal(await app.field('Name').inputValue(), 'Cleo');
  await createOwner(ask, 'Dora');
  await app.shows('Ann', 'Bob', 'Dora');
  await app.button('Add owner').click();
  await app.heading('Cleo').waitFor();
});

test('each error code is handled', async (t) => {
  const { openWindow, server, ask } = await open(t, browser, services[0]);
  const id = await createOwner(ask, 'Ann');
  const app = await openWindow(`/owners/${id}`);
  const form = app.page.getByRole('region', { name: 'Add a dog' });
  const add = async (name) => {
    await form.getByLabel('Name').fill(name);
    await form.getByRole('button', { name: 'Add dog' }).click();
  };
  const keys = () =>
    server.requests
      .filter(({ operationName }) => operationName === 'CreateDog')
      .map(({ headers }) => headers['idempotency-key']);
  const dogs = async () => (await ask('{ myDogs { nodes { name } } }')).myDogs.nodes.map(({ name }) => name);
  await form.waitFor();

  // The first response is replaced by UNAVAILABLE, and the second connection is closed: resent with the same key, the
  // mutation is executed once.
  server.fail('CreateDog', 'UNAVAILABLE', {}, { isDone: true });
  server.fail('CreateDog', 'cut');
  await add('Rex');
  await app.shows('Rex');
  assert.equal(new Set(keys()).size, 1);
  assert.equal(keys().length >= 3, true);
  assert.deepEqual(await dogs(), ['Rex']);

  // After INTERNAL_SERVER_ERROR, the outcome is unknown: "Try again" sends the same key.
  const before = keys().length;
  server.fail('CreateDog', 'INTERNAL_SERVER_ERROR', { requestId: 'req-1' }, { isDone: true });
  await add('Bella');
  assert.deepEqual(await app.failure(), {
    code: 'INTERNAL_SERVER_ERROR',
    text: 'Something has gone wrong in Kennel (request req-1).',
  });
  await app.button('Try again').click();
  await app.page.locator('.failure').waitFor({ state: 'detached' });
  assert.equal(new Set(keys().slice(before)).size, 1);
  assert.deepEqual(await dogs(), ['Rex', 'Bella']);

  server.fail('CreateDog', 'RATE_LIMITED', { retryAfter: 2 });
  await add('Dee');
  assert.equal((await app.failure()).code, 'RATE_LIMITED');
  assert.match(await app.page.locator('.failure').textContent(), /Again in [12] s\./);
  assert.equal(await form.getByRole('button', { name: 'Add dog' }).isDisabled(), true);
  await app.page.locator('button:enabled', { hasText: 'Add dog' }).waitFor();
  // The countdown has a clock of its own, and moves the page when it ends.
  await app.page.locator('.failure b').waitFor({ state: 'detached' });
  await form.getByRole('button', { name: 'Add dog' }).click();
  await app.shows('Rex', 'Bella', 'Dee');

  const messages = {
    QUOTA_EXCEEDED: [{ quota: 'dogs', max: 1000000 }, 'An account may have 1,000,000 dogs. Remove some first.'],
    NOT_FOUND: [{}, 'This is not there any more: it may have been removed on another device.'],
    CONFLICT: [{ violations: [] }, 'This is CONFLICT.'],
    TIMEOUT: [{}, 'This has taken too long.'],
    FORBIDDEN: [{}, 'This is FORBIDDEN.'],
    OPERATION_TOO_COMPLEX: [{}, 'This is more than can be loaded at once.'],
    PERSISTED_QUERY_REQUIRED: [{}, 'This page is older than the service. Reload it.'],
    IDEMPOTENCY_KEY_REUSED: [{}, 'This was sent before, with something else in it. Try again.'],
    PAYLOAD_TOO_LARGE: [{}, 'This is PAYLOAD_TOO_LARGE.'],
  };
  for (const [code, [extensions, text]] of Object.entries(messages)) {
    server.fail('CreateDog', code, extensions);
    await add('Eve');
    await app.page.locator(`.failure[data-code=${code}]`).waitFor();
    assert.deepEqual(await app.failure(), { code, text });
  }
  await app.shows('Rex', 'Bella', 'Dee');
  assert.deepEqual(await dogs(), ['Rex', 'Bella', 'Dee']);

  // A failure of a page's query.
  server.fail('DogsPage', 'RATE_LIMITED', { retryAfter: 1 });
  await app.link('Dogs').click();
  await app.page.locator('.failure[data-code=RATE_LIMITED]').waitFor();
  await app.shows('Bella', 'Dee', 'Rex');
});

test('a long list loads only the pages that are scrolled to, in both directions', async (t) => {
  const { openWindow, server, ask } = await open(t, browser, services[0]);
  const count = 10_000;
  const name = (number) => `Owner ${String(number).padStart(5, '0')}`;
  let added = 0;
  const add = async () => {
    while (added < count) {
      const from = added;
      added += 20;
      const fields = Array.from(
        { length: 20 },
        (_, i) => `o${i}: createOwner(input: { name: "${name(from + i)}" }) { owner { id } }`,
      );
      await ask(`mutation { ${fields.join(' ')} }`);
    }
  };
  await Promise.all([add(), add(), add(), add()]);
  const app = await openWindow('/owners');
  await app.link(new RegExp(name(0))).waitFor();
  assert.equal(await app.page.locator('.count').textContent(), count.toLocaleString('en'));

  // Smooth scrolling: no frame takes long, and the visible rows are always in the DOM.
  const wheel = async (pixels) => {
    await app.page.mouse.move(640, 500);
    await app.page.mouse.wheel(0, pixels);
  };
  /** Scrolls up until a row is visible, while the pages above are loaded. */
  const scrollUpTo = async (row) => {
    for (let turns = 0; turns < 100 && !(await app.link(new RegExp(row)).isVisible()); turns += 1) {
      await wheel(-1_500);
      await app.page.waitForFunction(() => document.elementFromPoint(640, 400)?.closest('li'));
    }
    await app.link(new RegExp(row)).waitFor();
  };
  const at = () => app.page.evaluate(() => document.elementFromPoint(640, 400)?.closest('li')?.dataset.index);
  for (let turns = 0; turns < 100 && (await app.page.evaluate(() => scrollY)) < 25_000; turns += 1) {
    await wheel(3_000);
    // At the end of the loaded rows, another wheel event would not scroll.
    await app.page.waitForFunction(
      () =>
        document.elementFromPoint(640, 400)?.closest('li') &&
        document.documentElement.scrollHeight - innerHeight - scrollY > 500,
    );
  }
  assert.equal(Number(await at()) > 380, true, `at ${await at()}, after ${server.count('OwnersPage')} pages`);
  assert.equal((await app.names()).length < 60, true);

  // The URL has the position, and a reload restores it. The pages above it are loaded on demand.
  await app.page.waitForURL(/at=/);
  const visible = async () => {
    const name = await app.page.waitForFunction(
      () => document.elementFromPoint(640, 400)?.closest('li')?.querySelector('.row-name').textContent,
    );
    return name.jsonValue();
  };
  await app.still();
  const seen = await visible();
  const before = server.count('OwnersPage');
  await app.page.reload();
  await app.link(new RegExp(seen)).waitFor();
  assert.equal(Math.abs(Number((await visible()).slice(6)) - Number(seen.slice(6))) <= 1, true, `${await visible()}, not ${seen}`);
  assert.equal(server.count('OwnersPage') - before <= 3, true);
  await scrollUpTo(name(Number(seen.slice(6)) - 100));

  // The back button restores the position of the list.
  await app.still();
  const chosen = await visible();
  await app.link(new RegExp(chosen)).click();
  await app.heading(chosen).waitFor();
  await app.page.goBack();
  await app.link(new RegExp(chosen)).waitFor();

  await app.button('To the end').click();
  await app.link(new RegExp(name(count - 1))).waitFor();
  await scrollUpTo(name(count - 180));
  await app.button('To the start').click();
  await app.link(new RegExp(name(0))).waitFor();

  await app.field('Search owners').fill('00099');
  await app.page.waitForURL(/q=00099/);
  await app.shows(...[name(99), ...Array.from({ length: 10 }, (_, i) => name(990 + i))].filter((n) => n.includes('00099')));
  await app.field('Order').selectOption('-name');
  await app.page.waitForURL(/sort=-name/);
  await app.page.reload();
  await app.link(new RegExp(name(99))).waitFor();
  assert.equal(await app.field('Search owners').inputValue(), '00099');
  assert.equal(await app.field('Order').inputValue(), '-name');
});

test('the pages are accessible at every width and in dark mode', async (t) => {
  const { openWindow, ask, username } = await open(t, browser, services[0]);
  const id = await createOwner(ask, 'Björn Åkesson', 'Rex', 'Bella');
  for (const name of ['Ann Miller', 'Cleo', 'Dora Lindqvist', 'Émile Zola', 'Fatma Çelik', 'Maximilian Freiherr von Hohenstein-Langenburg zu Weikersheim']) {
    await createOwner(ask, name, `${name.split(' ')[0]}'s dog`);
  }
  for (const colorScheme of ['light', 'dark']) {
    for (const [device, width] of Object.entries({ desktop: 1280, phone: 390 })) {
      const app = await openWindow('/owners', { colorScheme, viewport: { width, height: 800 } });
      const look = async (name) => {
        assert.equal(await app.page.evaluate(() => document.documentElement.scrollWidth), width, name);
        await app.checkAccessibility();
        await app.screenshot(`${name}-${device}-${colorScheme}`);
      };
      await app.link(/Cleo/).waitFor();
      await app.live();
      await look('owners');
      await app.link('New owner').click();
      await app.button('Add a dog').click();
      await app.field('Name').first().fill('Gil');
      await app.button('Add owner').click();
      await app.page.locator('.field-fault').waitFor();
      await look('new-owner');
      await app.page.keyboard.press('Escape');
      await app.link(/Björn/).click();
      await app.heading('Björn Åkesson').waitFor();
      await app.shows('Rex', 'Bella');
      await look('owner');
      await app.button('Edit Rex').click();
      await app.dialog().waitFor();
      await look('edit-dog');
      await app.page.keyboard.press('Escape');
      await app.link('Dogs').click();
      await app.page.getByText('Maximilian’s dog').or(app.page.getByText("Maximilian's dog")).waitFor();
      await look('dogs');
      await app.link(username).click();
      await app.heading('Your devices').waitFor();
      await app.link('GraphiQL').waitFor();
      await look('account');
      await app.button('Change password').click();
      await app.dialog().waitFor();
      await look('change-password');
      await app.page.keyboard.press('Escape');
      await app.page.goto(`${app.server.url}/app/reset-password#token=nonsense`);
      await app.field('New password').fill('correct horse battery staple');
      assert.equal(new URL(app.page.url()).hash, '');
      await look('reset-password');
      await app.button('Set password').click();
      await app.failure();
      await app.checkAccessibility();
      await app.page.goto(`${app.server.url}/app/owners/${id}0`);
      await app.heading('There is no such owner').waitFor();
      await look('no-owner');
      await app.button('Log out').click();
      await app.heading('Log in').waitFor();
      await look('log-in');
    }
  }
});

test('everything can be done by keyboard', async (t) => {
  const { openWindow, ask } = await open(t, browser, services[0]);
  await createOwner(ask, 'Ann');
  await createOwner(ask, 'Bob');
  const app = await openWindow('/owners');
  const { keyboard } = app.page;
  const focused = () => app.page.evaluate(() => document.activeElement.textContent || document.activeElement.name);
  await app.shows('Ann', 'Bob');

  await keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to content');
  await keyboard.press('Enter');
  await app.link('New owner').focus();
  await keyboard.press('Enter');
  await app.dialog().waitFor();
  assert.equal(await focused(), 'input.name');
  await keyboard.type('Cleo');
  await keyboard.press('Enter');
  await app.heading('Cleo').waitFor();
  await app.link('Owners').first().focus();
  await keyboard.press('Enter');
  await app.shows('Ann', 'Bob', 'Cleo');
  await app.link(/Ann/).focus();
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  assert.match(await focused(), /Cleo/);
  await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  await app.heading('Bob').waitFor();
  await app.button('Remove').focus();
  await keyboard.press('Enter');
  await app.dialog().waitFor();
  await keyboard.press('Escape');
  await app.dialog().waitFor({ state: 'detached' });
  assert.equal(await focused(), 'Remove');
});

test('with trusted documents only, everything works, and continues after the instance is killed', async (t) => {
  const { directory, remove } = makeDirectory();
  t.after(remove);
  const settings = {
    KENNEL_AUTH_EMAILLOGIN_ENABLED: 'true',
    KENNEL_WEB_APP_LOCATION: join(BUILD, 'app'),
    KENNEL_GRAPHQL_TRUSTEDDOCUMENTS_MODE: 'strict',
    KENNEL_GRAPHQL_TRUSTEDDOCUMENTS_LOCATION: join(BUILD, 'persisted-query-manifest.json'),
  };
  let instance = await startInstance(directory, settings);
  t.after(() => instance.stop());
  const { openWindow, server, username } = await open(t, browser, { driver: 'jwt', url: instance.url });
  const here = await openWindow();
  const there = await openWindow();
  await here.live();
  await there.live();
  const add = async (name) => {
    await there.link('New owner').click();
    await there.field('Name').fill(name);
    await there.button('Add owner').click();
    await there.heading(name).waitFor();
    await there.link('Owners').last().click();
  };
  await add('Ann');
  await here.shows('Ann');

  // The pages for the links in mails.
  const link = (path) => instance.mailed(new RegExp(`/app(/${path}#token=[\\w-]+)`));
  await there.link(username).click();
  await there.button('Send a link to confirm it').click();
  await there.page.getByText('A link to confirm it is on its way').waitFor();
  const mail = await openWindow(await link('verify-email'), { signedIn: false });
  await mail.button('Yes, this is my address').click();
  await mail.page.getByText('Your email address is confirmed.').waitFor();
  await there.page.reload();
  await there.page.getByText('confirmed', { exact: true }).waitFor();

  const byMail = await openWindow('/email-login', { signedIn: false });
  await byMail.field('Email address').fill(`${username}@example.com`);
  await byMail.button('Send a mail').click();
  await byMail.page.getByText('Enter the code here').waitFor();
  await byMail.checkAccessibility();
  await mail.page.goto(`${server.url}/app${await link('email-login')}`);
  await mail.button('Log in').click();
  assert.match((await mail.failure()).text, /^This log-in was requested in another browser/);
  const code = await instance.mailed(/^(\d{6})\r?$/m);
  await byMail.field('Code').fill(code === '000000' ? '000001' : '000000');
  await byMail.button('Log in').click();
  assert.match(await byMail.faultAt('Code'), /^This code is wrong/);
  await byMail.field('Code').fill(code);
  await byMail.button('Log in').click();
  await byMail.link(username).waitFor();

  await mail.page.goto(`${server.url}/app/forgot-password`);
  await mail.field('Email address').fill(`${username}@example.com`);
  await mail.button('Send a link').click();
  await mail.page.getByText('If there is an account').waitFor();
  await mail.page.goto(`${server.url}/app${await link('reset-password')}`);
  await mail.field('New password').fill(`${PASSWORD} 2`);
  await mail.button('Set password').click();
  await mail.page.getByText('The password is set.').waitFor();
  await mail.page.goto(`${server.url}/app/reset-password#token=used`);
  await mail.field('New password').fill(`${PASSWORD} 3`);
  await mail.button('Set password').click();
  await mail.link('Ask for a new link').click();
  await mail.button('Send a link').waitFor();
  for (const app of [here, there]) {
    await app.page.getByText('Your session has ended.').waitFor();
    await app.logIn(username, `${PASSWORD} 2`);
  }
  await there.link('Owners').first().click();
  await here.shows('Ann');
  await here.live();

  await instance.kill();
  await here.page.locator('.connection[data-state=lost]').waitFor();
  instance = await startInstance(directory, settings);
  server.use(instance.url);
  await add('Bob');
  await here.shows('Ann', 'Bob');
  await here.live();

  // Only the operations that start sessions are sent as text, all others as hashes.
  const texts = server.requests.filter(({ query }) => query !== undefined).map(({ operationName }) => operationName);
  assert.deepEqual([...new Set(texts)], ['LogIn', 'RequestEmailLogIn', 'FinishEmailLogIn']);
});
