// GraphiQL's page in a browser, as a newcomer uses it.
//
// SERVICE_URL says where Kennel is (http://localhost:8080), CHROMIUM where the browser is (/usr/bin/chromium).

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const KENNEL = new URL(process.env.SERVICE_URL ?? 'http://localhost:8080');
const ENDPOINT = new URL('graphql', KENNEL).href;
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

test('every tab works, from the first to the last', async (t) => {
  const graphiql = await open(t);
  assert.deepEqual(await graphiql.tabs(), [
    'SignUp',
    'LogIn',
    'AddOwner',
    'AddDogs',
    'ListOwners',
    'FindDogs',
    'Me',
    'LogOut',
  ]);
  assert.equal(await graphiql.session(), 'signed out');
  assert.equal(await graphiql.signOutButton().isVisible(), false);

  const signup = (await graphiql.run('SignUp')).data.signup;
  const { username, email } = signup.user;
  assert.match(username, /^ann-[0-9a-z]{8}$/);
  assert.equal(email, `${username}@example.com`);
  assert.match(signup.user.id, /^usr_/);
  assert.equal(signup.tokenType, 'Bearer');
  assert.equal(await graphiql.session(), `signed in as ${username}`);

  const login = (await graphiql.run('LogIn')).data.login;
  assert.equal(login.user.username, username);
  assert.notEqual(login.accessToken, signup.accessToken);
  assert.equal(await graphiql.session(), `signed in as ${username}`);

  const { owner } = (await graphiql.run('AddOwner')).data.createOwner;
  assert.match(owner.id, /^own_/);
  assert.equal(owner.name, 'Ann');
  assert.equal(graphiql.lastRequest('AddOwner').headers().authorization, `Bearer ${login.accessToken}`);

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
  await graphiql.screenshot('list-owners-light');

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

  assert.deepEqual(await graphiql.run('Me'), {
    data: { me: { id: signup.user.id, username, email, owners: { totalCount: 1 }, dogs: { totalCount: 2 } } },
  });

  assert.deepEqual(await graphiql.run('LogOut'), { data: { logout: { success: true } } });
  assert.equal(await graphiql.session(), 'signed out');
  assert.equal(await graphiql.signOutButton().isVisible(), false);
  assert.deepEqual(await graphiql.run('Me'), { data: { me: null } });
  assert.equal(graphiql.lastRequest('Me').headers().authorization, undefined);
});

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

test('the bar signs out', async (t) => {
  const graphiql = await open(t);
  const { accessToken } = (await graphiql.run('SignUp')).data.signup;
  assert.deepEqual(await codes(accessToken), []);

  await graphiql.signOutButton().click();
  await graphiql.waitForSession('signed out');

  assert.equal(await graphiql.signOutButton().isVisible(), false);
  assert.equal(await graphiql.storage('sessionStorage').then((text) => text.includes(accessToken)), false);
  assert.deepEqual(await codes(accessToken), ['UNAUTHENTICATED']);
});

test('a reload changes neither the session nor the tabs', async (t) => {
  const graphiql = await open(t);
  const { accessToken, user } = (await graphiql.run('SignUp')).data.signup;
  const tabs = await graphiql.tabs();

  await graphiql.page.reload();
  await graphiql.ready();

  await graphiql.waitForSession(`signed in as ${user.username}`);
  assert.deepEqual(await graphiql.tabs(), tabs);
  assert.equal((await graphiql.run('LogIn')).data.login.user.username, user.username);
  assert.equal(await graphiql.storage('localStorage').then((text) => text.includes(accessToken)), false);
});

test('new examples come with a new name', async (t) => {
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

test('a token that is not valid any more is dropped', async (t) => {
  const graphiql = await open(t);
  const { accessToken } = (await graphiql.run('SignUp')).data.signup;
  await execute('mutation { logout { success } }', accessToken);

  const answer = await graphiql.run('AddOwner');

  assert.deepEqual(answer.errors.map((error) => error.extensions.code), ['UNAUTHENTICATED']);
  assert.equal(await graphiql.session(), 'signed out (the access token is not valid any more)');
  assert.equal((await graphiql.run('LogIn')).errors, undefined);
  assert.equal(graphiql.lastRequest('LogIn').headers().authorization, undefined);
});

test('a wrong password does not sign out', async (t) => {
  const graphiql = await open(t);
  const { username } = (await graphiql.run('SignUp')).data.signup.user;

  await graphiql.tab('LogIn');
  await graphiql.edit('Variables', JSON.stringify({ input: { username, password: 'not the password' } }));
  const answer = await graphiql.run('LogIn');

  assert.deepEqual(answer.errors.map((error) => error.extensions.code), ['UNAUTHENTICATED']);
  assert.equal(await graphiql.session(), `signed in as ${username}`);
});

test('an Authorization header that is typed in wins', async (t) => {
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

test('dogs without an owner are not sent', async (t) => {
  const graphiql = await open(t);
  await graphiql.run('SignUp');

  const answer = await graphiql.run('AddDogs');

  assert.deepEqual(answer, {
    errors: [
      {
        message:
          '"{{ownerId}}" stands for the owner that you added last, and there is none yet. Run "AddOwner" first, or ' +
          'write the id of an owner in its place.',
      },
    ],
  });
  assert.equal(graphiql.lastRequest('AddDogs'), undefined);
});

test('what goes wrong on the way is shown', async (t) => {
  const graphiql = await open(t);
  graphiql.expectsComplaints = true;

  await graphiql.page.route(ENDPOINT, (route) => route.abort());
  assert.deepEqual(await graphiql.run('Me'), {
    errors: [{ message: `The request to ${ENDPOINT} failed: Failed to fetch` }],
  });

  await graphiql.page.unroute(ENDPOINT);
  await graphiql.page.route(ENDPOINT, (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
  );
  assert.deepEqual(await graphiql.run('Me'), {
    errors: [
      {
        message: `The answer of ${ENDPOINT} is not JSON.`,
        extensions: { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' },
      },
    ],
  });
});

/** Opens the page as somebody who has never been there. At the test's end, it has to have kept to itself. */
async function open(t) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  const graphiql = new GraphiQL(await context.newPage());
  t.after(() => context.close());
  await graphiql.page.goto(KENNEL.href);
  await graphiql.ready();
  t.after(() => {
    assert.deepEqual([...new Set(graphiql.requests.map((request) => new URL(request.url()).origin))], [KENNEL.origin]);
    assert.deepEqual(graphiql.expectsComplaints ? [] : graphiql.complaints, []);
  });
  return graphiql;
}

class GraphiQL {
  requests = [];

  /** Errors and warnings of the console, and exceptions. */
  complaints = [];

  expectsComplaints = false;

  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => this.requests.push(request));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** Waits until an operation can be run. */
  ready() {
    return this.page.getByRole('button', { name: /^Execute query/ }).waitFor();
  }

  tabs() {
    return this.page.locator('.graphiql-tab-button').allInnerTexts();
  }

  /** Opens a tab. One that is open is let alone: GraphiQL would take back what was typed there just now. */
  async tab(name) {
    const tab = this.page.locator('.graphiql-tab').filter({ has: this.page.getByText(name, { exact: true }) });
    if (!(await tab.getAttribute('class')).includes('graphiql-tab-active')) {
      await tab.locator('.graphiql-tab-button').click();
    }
  }

  /** Runs a tab and answers what GraphiQL shows. */
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

  /** Replaces what the editor below the operation holds: `Variables` or `Headers`. */
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

  /** The last request of an operation; undefined if there is none. */
  lastRequest(operationName) {
    return this.requests.findLast(
      (request) => request.method() === 'POST' && request.postDataJSON().operationName === operationName,
    );
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
    return this.page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
  }
}

/** Sends an operation past the page. */
async function execute(query, token) {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

/** The codes of the errors of a field that needs an account. */
async function codes(token) {
  return ((await execute('{ myOwners { totalCount } }', token)).errors ?? []).map((error) => error.extensions.code);
}
