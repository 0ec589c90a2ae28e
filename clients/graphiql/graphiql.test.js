// GraphiQL's page in a browser.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080), COOKIE_SERVICE_URL (optional) that of one with the
// driver `cookie`, and CHROMIUM the path of the browser (default /usr/bin/chromium).

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const services = [
  { driver: 'jwt', url: process.env.SERVICE_URL ?? 'http://localhost:8080' },
  ...(process.env.COOKIE_SERVICE_URL ? [{ driver: 'cookie', url: process.env.COOKIE_SERVICE_URL }] : []),
];
const SCREENSHOTS = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));

let browser;

before(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  browser = await chromium.launch({
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
});

after(() => browser?.close());

for (const service of services) {
  const { driver } = service;

  test(`${driver}: every tab works, from the first to the last`, async (t) => {
    const graphiql = await open(t, service);
    assert.deepEqual(await graphiql.tabs(), [
      'SignUp',
      'LogIn',
      'AddOwner',
      'AddDogs',
      'ListOwners',
      'DeferDogs',
      'FindDogs',
      'Search',
      'ChangeDog',
      'FollowChanges',
      'AllFaults',
      'Me',
      'BeginTotp',
      'RequestEmailLogIn',
      'RemoveOwner',
      'LogOut',
    ]);
    assert.equal(await graphiql.session(), 'signed out');
    assert.equal(await graphiql.signOutButton().isVisible(), false);

    const signup = (await graphiql.run('SignUp')).data.signup;
    const { username, email } = signup.user;
    assert.match(username, /^ann-[0-9a-z]{8}$/);
    assert.equal(email, `${username}@example.com`);
    assert.match(signup.user.id, /^usr_/);
    assert.equal(signup.tokenType, driver === 'jwt' ? 'Bearer' : 'Cookie');
    assert.equal(await graphiql.session(), `signed in as ${username}`);
    await graphiql.screenshot('sign-up');

    const login = (await graphiql.run('LogIn')).data.login;
    assert.equal(login.user.username, username);
    assert.equal(login.accessToken === null, driver === 'cookie');
    assert.equal(
      graphiql.lastRequest('LogIn').postDataJSON().variables.input.deviceToken,
      signup.deviceToken ?? undefined,
    );
    assert.equal(signup.deviceToken === null, driver === 'cookie');
    assert.equal(await graphiql.session(), `signed in as ${username}`);

    const { owner } = (await graphiql.run('AddOwner')).data.createOwner;
    assert.match(owner.id, /^own_/);
    assert.equal(owner.name, 'Ann');
    assert.equal(
      graphiql.lastRequest('AddOwner').headers().authorization,
      driver === 'jwt' ? `Bearer ${login.accessToken}` : undefined,
    );

    const dogs = (await graphiql.run('AddDogs')).data;
    const [rex, bella] = [dogs.rex.dog, dogs.bella.dog];
    assert.deepEqual(dogs, {
      rex: { dog: { id: rex.id, name: 'Rex', breed: 'Border Collie', birthDate: '2020-02-29', owner: { name: 'Ann' } } },
      bella: { dog: { id: bella.id, name: 'Bella', breed: 'Beagle', birthDate: '2023-06-01', owner: { name: 'Ann' } } },
    });
    const sent = graphiql.lastRequest('AddDogs').postDataJSON().variables;
    assert.deepEqual([sent.rex.ownerId, sent.bella.ownerId], [owner.id, owner.id]);

    const { myOwners } = (await graphiql.run('ListOwners')).data;
    assert.deepEqual(myOwners, {
      totalCount: 1,
      pageInfo: { hasNextPage: false, endCursor: myOwners.pageInfo.endCursor },
      nodes: [
        {
          id: owner.id,
          name: 'Ann',
          dogs: {
            totalCount: 2,
            pageInfo: { hasNextPage: true, endCursor: myOwners.nodes[0].dogs.pageInfo.endCursor },
            nodes: [{ id: rex.id, name: 'Rex', breed: 'Border Collie' }],
          },
        },
      ],
    });
    await graphiql.screenshot('list-owners');

    await graphiql.start('DeferDogs');
    assert.deepEqual(await graphiql.shows('Bella'), {
      data: { myOwners: { nodes: [{ name: 'Ann', dogs: { nodes: [{ name: 'Rex' }, { name: 'Bella' }] } }] } },
    });

    assert.deepEqual(await graphiql.run('FindDogs'), {
      data: {
        myDogs: {
          totalCount: 2,
          nodes: [
            { name: 'Bella', breed: 'Beagle', birthDate: '2023-06-01', owner: { name: 'Ann' } },
            { name: 'Rex', breed: 'Border Collie', birthDate: '2020-02-29', owner: { name: 'Ann' } },
          ],
        },
      },
    });

    assert.deepEqual(await graphiql.run('Search'), {
      data: {
        search: { totalCount: 1, nodes: [{ __typename: 'Dog', name: 'Rex', breed: 'Border Collie' }] },
        dogsByBreed: [
          { breed: 'Beagle', count: 1 },
          { breed: 'Border Collie', count: 1 },
        ],
      },
    });

    assert.deepEqual(await graphiql.run('ChangeDog'), {
      data: { updateDog: { dog: { id: bella.id, name: 'Bella II', breed: null, birthDate: '2023-06-01' } } },
    });

    const faults = await graphiql.run('AllFaults');
    assert.deepEqual(faults.data, { createDog: null });
    assert.deepEqual(
      faults.errors[0].extensions.violations.map(({ path, code }) => [path.join('.'), code]).sort(),
      [
        ['input.breed', 'LENGTH'],
        ['input.name', 'LENGTH'],
        ['input.ownerId', 'ID'],
      ],
    );
    await graphiql.screenshot('errors');

    const { me } = (await graphiql.run('Me')).data;
    assert.deepEqual(me.sessions.map(({ current }) => current).sort(), [false, true]);
    assert.deepEqual(me, {
      id: signup.user.id,
      username,
      email,
      sessions: me.sessions,
      owners: { totalCount: 1 },
      dogs: { totalCount: 2 },
    });

    const { beginTotp } = (await graphiql.run('BeginTotp')).data;
    assert.equal(beginTotp.uri.includes(`secret=${beginTotp.secret}&`), true);

    const { requestEmailLogin } = (await graphiql.run('RequestEmailLogIn')).data;
    assert.equal(requestEmailLogin.browserSecret === null, driver === 'cookie');
    assert.deepEqual(graphiql.lastRequest('RequestEmailLogIn').postDataJSON().variables.input, { email });

    assert.deepEqual(await graphiql.run('RemoveOwner'), {
      data: { deleteOwner: { deletedOwnerId: owner.id, deletedDogIds: [rex.id, bella.id], deletedDogCount: 2 } },
    });

    assert.deepEqual(await graphiql.run('LogOut'), { data: { logout: { success: true } } });
    assert.equal(await graphiql.session(), 'signed out');
    assert.equal(await graphiql.signOutButton().isVisible(), false);
    assert.deepEqual(await graphiql.run('Me'), { data: { me: null } });
    assert.equal(graphiql.lastRequest('Me').headers().authorization, undefined);
    assert.equal(graphiql.count('Refresh'), 0);
  });

  test(`${driver}: a subscription shows changes of another client, and can be stopped`, async (t) => {
    const graphiql = await open(t, service);
    await graphiql.run('SignUp');

    await graphiql.start('FollowChanges');
    assert.deepEqual(Object.keys(await graphiql.shows('open this page in another window')), ['waiting']);
    await graphiql.createOwner('Elsewhere');
    const first = await graphiql.shows('Elsewhere');
    await graphiql.screenshot('follow-changes');
    await graphiql.createOwner('Once more');
    const second = await graphiql.shows('Once more');
    await graphiql.page.getByRole('button', { name: /^Stop query/ }).click();

    assert.equal(first.data.myChanges.kind, 'CREATED');
    assert.equal(second.data.myChanges.node.name, 'Once more');
    assert.notEqual(second.data.myChanges.cursor, first.data.myChanges.cursor);
    await graphiql.page.getByRole('button', { name: /^Execute query/ }).waitFor();
    assert.equal(graphiql.count('Refresh'), 0);
  });

  test(`${driver}: an access token that has expired is replaced, and the operation sent again`, async (t) => {
    const graphiql = await open(t, service);
    const { username } = (await graphiql.run('SignUp')).data.signup.user;

    await graphiql.spoilAccessToken();
    assert.equal((await graphiql.run('AddOwner')).data.createOwner.owner.name, 'Ann');

    assert.equal(graphiql.count('Refresh'), 1);
    assert.equal(graphiql.count('AddOwner'), 2);
    assert.equal(await graphiql.session(), `signed in as ${username}`);
    assert.equal((await graphiql.run('Me')).data.me.owners.totalCount, 1);
    assert.equal(graphiql.count('Refresh'), 1);
  });

  test(`${driver}: … and before a subscription`, async (t) => {
    const graphiql = await open(t, service);
    await graphiql.run('SignUp');

    await graphiql.spoilAccessToken();
    await graphiql.start('FollowChanges');
    await graphiql.waitForRequests('FollowChanges', 2);
    await graphiql.createOwner('Elsewhere');

    assert.equal((await graphiql.shows('Elsewhere')).data.myChanges.kind, 'CREATED');
    assert.equal(graphiql.count('Refresh'), 1);
  });

  test(`${driver}: a session ended by another client is detected`, async (t) => {
    const graphiql = await open(t, service);
    await graphiql.run('SignUp');
    await graphiql.execute('mutation { logout { success } }', { keepCookies: true });

    const response = await graphiql.run('AddOwner');

    assert.deepEqual(response.errors.map((error) => error.extensions.reason), ['SESSION_ENDED']);
    await graphiql.waitForSession('signed out (the session has ended)');
    assert.equal(graphiql.count('Refresh'), 0);
    assert.equal((await graphiql.run('LogIn')).errors, undefined);
    assert.equal(graphiql.lastRequest('LogIn').headers().authorization, undefined);
  });

  test(`${driver}: the bar signs out`, async (t) => {
    const graphiql = await open(t, service);
    const { accessToken } = (await graphiql.run('SignUp')).data.signup;
    const cookies = await graphiql.page.context().cookies();
    assert.equal(cookies.every(({ httpOnly, secure, sameSite }) => httpOnly && secure && sameSite === 'Lax'), true);
    assert.equal(cookies.length, driver === 'jwt' ? 0 : 3);

    await graphiql.signOutButton().click();
    await graphiql.waitForSession('signed out');

    assert.equal(await graphiql.signOutButton().isVisible(), false);
    assert.equal((await graphiql.storage('sessionStorage')).includes('Token'), false);
    assert.deepEqual(
      (await graphiql.page.context().cookies()).map(({ name }) => name),
      driver === 'jwt' ? [] : ['__Host-kennel-device'],
    );
    if (driver === 'jwt') {
      assert.deepEqual(await codes(graphiql.endpoint, accessToken), ['UNAUTHENTICATED']);
    }
  });

  test(`${driver}: a reload changes neither the session nor the tabs`, async (t) => {
    const graphiql = await open(t, service);
    const { accessToken, refreshToken, user } = (await graphiql.run('SignUp')).data.signup;
    const tabs = await graphiql.tabs();
    await graphiql.spoilAccessToken();

    await graphiql.page.reload();
    await graphiql.ready();

    await graphiql.waitForSession(`signed in as ${user.username}`);
    assert.equal(graphiql.count('Refresh'), 1);
    assert.deepEqual(await graphiql.tabs(), tabs);
    assert.equal((await graphiql.run('LogIn')).data.login.user.username, user.username);
    const stored = await graphiql.storage('localStorage');
    assert.equal(stored.includes(accessToken ?? 'accessToken"'), false);
    assert.equal(stored.includes(refreshToken ?? 'refreshToken"'), false);
  });

  test(`${driver}: a wrong password neither signs out nor refreshes`, async (t) => {
    const graphiql = await open(t, service);
    const { username } = (await graphiql.run('SignUp')).data.signup.user;

    await graphiql.tab('LogIn');
    await graphiql.edit('Variables', JSON.stringify({ input: { username, password: 'not the password' } }));
    const response = await graphiql.run('LogIn');

    assert.deepEqual(response.errors.map((error) => error.extensions.reason), ['INVALID_CREDENTIALS']);
    assert.equal(await graphiql.session(), `signed in as ${username}`);
    assert.equal(graphiql.count('Refresh'), 0);
  });

  test(`${driver}: the bar signs out with an access token that has expired, too`, async (t) => {
    const graphiql = await open(t, service);
    const { username } = (await graphiql.run('SignUp')).data.signup.user;
    await graphiql.spoilAccessToken();

    await graphiql.signOutButton().click();
    await graphiql.waitForSession('signed out');

    assert.equal((await graphiql.storage('sessionStorage')).includes('Token'), false);
    // The device cookie is kept after the session ends.
    const cookies = await graphiql.page.context().cookies();
    assert.deepEqual(cookies.map(({ name }) => name), driver === 'cookie' ? ['__Host-kennel-device'] : []);
    assert.equal((await graphiql.run('LogIn')).data.login.user.username, username);
    const { me } = (await graphiql.run('Me')).data;
    assert.deepEqual(me.sessions.map(({ current }) => current), [true]);
  });

  test(`${driver}: … and when the service can't be reached, which it says`, async (t) => {
    const graphiql = await open(t, service);
    graphiql.expectsComplaints = true;
    await graphiql.run('SignUp');
    await graphiql.page.route(graphiql.endpoint, (route) => route.abort());

    await graphiql.signOutButton().click();
    await graphiql.waitForSession(`signed out (The request to ${graphiql.endpoint} failed: Failed to fetch)`);

    assert.equal((await graphiql.storage('sessionStorage')).includes('Token'), false);
    assert.equal(await graphiql.signOutButton().isVisible(), false);
  });
}

test('the documentation explorer knows the schema', async (t) => {
  const graphiql = await open(t);

  await graphiql.page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const docs = graphiql.page.locator('.graphiql-doc-explorer');
  await docs.getByRole('link', { name: 'Mutation', exact: true }).click();
  await docs.getByRole('link', { name: 'createDog', exact: true }).click();

  await docs.getByText('Adds a dog to an owner.').waitFor();
  await graphiql.screenshot('documentation-light');
  await graphiql.page.emulateMedia({ colorScheme: 'dark' });
  await graphiql.screenshot('documentation-dark');
});

for (const colorScheme of ['light', 'dark']) {
  test(`on a phone, in ${colorScheme} mode, nothing is cut off`, async (t) => {
    const graphiql = await open(t, services[0], { viewport: { width: 390, height: 800 }, colorScheme });
    const { page } = graphiql;
    const { username } = (await graphiql.run('SignUp')).data.signup.user;
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    // The username, each whole line and the result are visible. Tabs that overflow fade out, and scroll.
    assert.equal(await page.locator('#session strong').evaluate((name) => name.scrollWidth <= name.parentElement.clientWidth), true);
    assert.equal(await graphiql.session(), `signed in as ${username}`);
    for (const name of await graphiql.tabs()) {
      await graphiql.tab(name.replace(/^\d+\s*/, ''));
      const [editor, variables] = await page.locator('.graphiql-editor:not(.hidden) .CodeMirror').evaluateAll((editors) =>
        editors.map(({ CodeMirror }) => CodeMirror.getScrollInfo()).map((info) => info.width - info.clientWidth),
      );
      assert.deepEqual([editor, variables], [0, 0], name);
      assert.equal(await width(), 390, name);
    }
    assert.match(await page.locator('.graphiql-tabs').evaluate((tabs) => getComputedStyle(tabs).maskImage), /^linear-gradient/);
    await graphiql.start('FollowChanges');
    await graphiql.shows('open this page in another window');
    await graphiql.screenshot(`telephone-${colorScheme}`);
    await page.locator('.result-window').scrollIntoViewIfNeeded();
    await graphiql.screenshot(`telephone-feed-${colorScheme}`);
    await page.getByRole('button', { name: /^Stop query/ }).click();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    assert.equal(await page.locator('.graphiql-plugin').evaluate((docs) => docs.getBoundingClientRect().width > 380), true);
    assert.equal(await width(), 390);
  });
}

test('the page leads to the web app and back, where there is one', async (t) => {
  const { page } = await open(t);
  const { status } = await fetch(new URL('app/', services[0].url));
  const link = page.getByRole('link', { name: 'Web app' });
  assert.equal(await link.isVisible(), status === 200);
  if (status === 200) {
    await link.click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    assert.equal(page.url(), new URL('app/login', services[0].url).href);
  }
});

test('new examples have a new username', async (t) => {
  const graphiql = await open(t);
  const first = (await graphiql.run('SignUp')).data.signup.user.username;
  graphiql.page.once('dialog', (dialog) => dialog.accept());

  const loaded = graphiql.page.waitForEvent('load');
  await graphiql.page.getByRole('button', { name: 'New examples' }).click();
  await loaded;
  await graphiql.ready();

  const second = (await graphiql.run('SignUp')).data.signup.user.username;
  assert.notEqual(second, first);
  assert.equal(await graphiql.session(), `signed in as ${second}`);
});

test('an Authorization header of the user takes precedence', async (t) => {
  const ann = await open(t);
  const annsToken = (await ann.run('SignUp')).data.signup.accessToken;
  const bob = await open(t);
  const bobsName = (await bob.run('SignUp')).data.signup.user.username;

  await bob.tab('Me');
  await bob.edit('Headers', JSON.stringify({ authorization: `Bearer ${annsToken}` }));
  const { me } = (await bob.run('Me')).data;

  assert.notEqual(me.username, bobsName);
  assert.equal(bob.lastRequest('Me').headers().authorization, `Bearer ${annsToken}`);
  assert.equal(await bob.session(), `signed in as ${bobsName}`);
});

test('the example without an owner id is not sent', async (t) => {
  const graphiql = await open(t);
  await graphiql.run('SignUp');

  const response = await graphiql.run('AddDogs');

  assert.deepEqual(response, {
    errors: [
      {
        message:
          '"{{ownerId}}" stands for the owner that you added last, and there is none yet. Run "AddOwner" first, or ' +
          'write the id of one of yours in its place.',
      },
    ],
  });
  assert.equal(graphiql.lastRequest('AddDogs'), undefined);
});

test('transport errors are shown', async (t) => {
  const graphiql = await open(t);
  graphiql.expectsComplaints = true;

  await graphiql.page.route(graphiql.endpoint, (route) => route.abort());
  assert.deepEqual(await graphiql.run('Me'), {
    errors: [{ message: `The request to ${graphiql.endpoint} failed: Failed to fetch` }],
  });

  await graphiql.page.unroute(graphiql.endpoint);
  await graphiql.page.route(graphiql.endpoint, (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
  );
  assert.deepEqual(await graphiql.run('Me'), {
    errors: [
      {
        message: `The response of ${graphiql.endpoint} is not JSON.`,
        extensions: { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' },
      },
    ],
  });
});

/** Opens the page in a new context. At the end of the test, it must have sent requests to its own origin only. */
async function open(t, service = services[0], options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', ...options });
  const graphiql = new GraphiQL(await context.newPage(), service);
  t.after(() => context.close());
  await graphiql.page.goto(service.url);
  await graphiql.ready();
  t.after(() => {
    assert.deepEqual([...new Set(graphiql.requests.map((request) => new URL(request.url()).origin))], [new URL(service.url).origin]);
    assert.deepEqual(graphiql.expectsComplaints ? [] : graphiql.complaints, []);
  });
  return graphiql;
}

class GraphiQL {
  requests = [];

  /** The console's errors and warnings, and uncaught exceptions. */
  complaints = [];

  expectsComplaints = false;

  constructor(page, { driver, url }) {
    this.page = page;
    this.driver = driver;
    this.endpoint = new URL('graphql', url).href;
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => this.requests.push(request));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** Waits until the page can execute an operation. */
  ready() {
    return this.page.getByRole('button', { name: /^Execute query/ }).waitFor();
  }

  tabs() {
    return this.page.locator('.graphiql-tab-button').allInnerTexts();
  }

  /** Opens a tab, unless it is already active: GraphiQL would revert the latest edit. */
  async tab(name) {
    const tab = this.page.locator('.graphiql-tab').filter({ has: this.page.getByText(name, { exact: true }) });
    if (!(await tab.getAttribute('class')).includes('graphiql-tab-active')) {
      await tab.locator('.graphiql-tab-button').click();
    }
  }

  /** Executes the operation of a tab and returns the result that GraphiQL shows. */
  async run(name) {
    await this.tab(name);
    await this.page.getByRole('button', { name: /^Execute query/ }).click();
    const shown = await this.page.waitForFunction(() => {
      const fetching = document.querySelector('.graphiql-spinner') !== null;
      const text = document.querySelector('.result-window .CodeMirror').CodeMirror.getValue();
      return !fetching && text;
    });
    return JSON.parse(await shown.jsonValue());
  }

  /** Starts a subscription, and waits until it is sent. */
  async start(name) {
    await this.tab(name);
    await this.page.getByRole('button', { name: /^Execute query/ }).click();
    await this.waitForRequests(name, 1);
  }

  /** Waits until the result contains a text, and returns the result. */
  async shows(text) {
    const shown = await this.page.waitForFunction((wanted) => {
      const value = document.querySelector('.result-window .CodeMirror').CodeMirror.getValue();
      return value.includes(wanted) && value;
    }, text);
    return JSON.parse(await shown.jsonValue());
  }

  /** Waits until an operation has had `count` responses, complete or not. */
  async waitForRequests(operationName, count) {
    const sent = () => this.requests.filter((request) => nameOf(request) === operationName);
    while (sent().length < count) {
      await this.page.waitForEvent('request');
    }
    await sent()[count - 1].response();
  }

  /** Returns the number of requests with an operation. */
  count(operationName) {
    return this.requests.filter((request) => nameOf(request) === operationName).length;
  }

  /** Executes an operation with the page's session, without GraphiQL. `keepCookies` restores the cookies. */
  async execute(query, { variables = {}, keepCookies = false } = {}) {
    const cookies = await this.page.context().cookies();
    const response = await this.page.evaluate(
      async ([endpoint, body]) => {
        const token = sessionStorage.getItem('kennel.accessToken');
        const response = await fetch(endpoint, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
          body: JSON.stringify(body),
        });
        return response.json();
      },
      [this.endpoint, { query, variables }],
    );
    if (keepCookies) {
      await this.page.context().addCookies(cookies);
    }
    assert.equal(response.errors, undefined);
    return response.data;
  }

  createOwner(name) {
    const variables = { input: { name } };
    return this.execute('mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }', { variables });
  }

  /** Replaces the access token with one that the service refuses, as after its expiry. */
  async spoilAccessToken() {
    if (this.driver === 'jwt') {
      await this.page.evaluate(() => {
        sessionStorage.setItem('kennel.accessToken', `${sessionStorage.getItem('kennel.accessToken')}spoiled`);
      });
    } else {
      const cookies = await this.page.context().cookies();
      const access = cookies.find(({ name }) => name.endsWith('kennel-access'));
      await this.page.context().addCookies([{ ...access, value: `${access.value}spoiled` }]);
    }
  }

  /** Replaces the text of the editor `Variables` or `Headers`. */
  async edit(tool, text) {
    await this.page.getByRole('button', { name: tool, exact: true }).click();
    const editor = this.page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .CodeMirror');
    await editor.locator('.CodeMirror-code').click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(text);
    await this.page.waitForFunction(([element, value]) => element.CodeMirror.getValue() === value, [
      await editor.elementHandle(),
      text,
    ]);
  }

  /** Returns the last request with an operation, or undefined. */
  lastRequest(operationName) {
    return this.requests.findLast((request) => nameOf(request) === operationName);
  }

  session() {
    return this.page.locator('#session').innerText();
  }

  waitForSession(text) {
    return this.page.locator('#session').and(this.page.getByText(text, { exact: true })).waitFor();
  }

  signOutButton() {
    return this.page.getByRole('button', { name: 'Sign out' });
  }

  storage(kind) {
    return this.page.evaluate((name) => JSON.stringify(window[name]), kind);
  }

  screenshot(name) {
    return this.page.screenshot({ path: `${SCREENSHOTS}${this.driver}-${name}.png` });
  }
}

/** Returns the operation name of a request, from `operationName` or from the document, or undefined. */
function nameOf(request) {
  if (request.method() !== 'POST') {
    return undefined;
  }
  const { operationName, query } = request.postDataJSON();
  return operationName ?? /^\s*(?:query|mutation|subscription) (\w+)/.exec(query)?.[1];
}

/** Returns the error codes of a field that needs an account. */
async function codes(endpoint, token) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ myOwners { totalCount } }' }),
  });
  return ((await response.json()).errors ?? []).map((error) => error.extensions.code);
}
