// What every client of the matrix does: the main job of an app, the change feed, and a session whose token expires.
//
// SERVICE_URL says where Kennel is (http://localhost:8080), EXPIRING_SERVICE_URL where one with
// `kennel.auth.access-token-lifetime=10s` is. Without the latter, the tests of expiry are skipped, but not in CI (`CI` is set).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { parse, print } from 'graphql';

const endpoint = (service) => new URL('graphql', service).href;

/** The endpoint of the service. */
export const ENDPOINT = endpoint(process.env.SERVICE_URL ?? 'http://localhost:8080');

/** The endpoint of the service whose access tokens expire soon, if there is one. */
export const EXPIRING = process.env.EXPIRING_SERVICE_URL && endpoint(process.env.EXPIRING_SERVICE_URL);

if (EXPIRING === undefined && process.env.CI) {
  throw new Error('EXPIRING_SERVICE_URL is not set');
}

/** Options of a test that waits until a token has expired. */
export const expiring = { skip: EXPIRING === undefined && 'EXPIRING_SERVICE_URL is not set', timeout: 60_000 };

/** How long to wait for a change, which takes a few seconds after a reconnection at most. */
const PATIENCE = 45_000;

/** The operations of `operations.graphql`, by name. */
export const documents = Object.fromEntries(
  parse(readFileSync(new URL('operations.graphql', import.meta.url), 'utf8')).definitions.map((definition) => [
    definition.name.value,
    print(definition),
  ]),
);

/** An id that no owner has. */
const UNKNOWN = 'own_00000000000000000000000000';

/** The endpoint of an endpoint's WebSockets. */
export const socketUrl = (url) => url.replace(/^http/, 'ws');

/** The tokens that an app keeps of a session. */
export class Session {
  /** How often it has got new tokens by its refresh token. */
  refreshes = 0;

  constructor(url = ENDPOINT) {
    this.url = url;
  }

  /** Keeps the tokens of an AuthPayload. */
  take({ accessToken, refreshToken, expiresAt }) {
    Object.assign(this, { accessToken, refreshToken, expiresAt });
  }

  /** The headers of a request, and the `connectionParams` of a WebSocket. */
  headers = () => (this.accessToken ? { authorization: `Bearer ${this.accessToken}` } : {});

  /** Whether the access token has expired, by the clock of this machine. */
  hasExpired = () => this.accessToken !== undefined && Date.parse(this.expiresAt) <= Date.now();

  /** Has the access token refused from now on, as one is that has expired. */
  expire() {
    this.take({ ...this, accessToken: 'expired', expiresAt: new Date().toISOString() });
  }

  /** Gets new tokens, past the client. */
  async refresh() {
    this.take((await this.request('Refresh', { input: { refreshToken: this.refreshToken } })).refreshSession);
    this.refreshes += 1;
  }

  /** Sends an operation past the client and without a token, and returns its data. */
  async request(name, variables) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: documents[name], variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined);
    return data;
  }
}

/** The input of a sign-up for an account that no other test has. */
export function newAccount() {
  const username = `matrix-${crypto.randomUUID().slice(0, 13)}`;
  return { username, email: `${username}@example.com`, password: 'correct horse battery staple' };
}

/**
 * Signs up, logs in, adds an owner with dogs, lists the dogs in pages, and is refused twice.
 *
 * @param {object} client
 * @param {Session} client.session whose headers the client sends; it gets the tokens
 * @param {(name: string, variables: object) => Promise<object>} client.execute sends an operation, and returns its data
 * @param {(error: unknown) => object[]} [client.errorsOf] the GraphQL errors of what `execute` throws, if it is not these
 * @param {string[][]} [client.pages] what the client's cache makes of the two pages of dogs
 */
export async function mainJob({ session, execute, errorsOf = (errors) => errors, pages = [['Bello', 'Fifi'], ['Rex']] }) {
  const refused = (operation, ...codes) =>
    assert.rejects(operation, (error) => {
      assert.deepEqual(errorsOf(error).map(({ extensions }) => extensions.code), codes);
      return true;
    });
  const account = newAccount();
  session.take((await execute('SignUp', { input: account })).signup);
  const { username, password } = account;
  session.take((await execute('LogIn', { input: { username, password } })).login);

  const dogs = ['Rex', 'Bello', 'Fifi'].map((name) => ({ name, birthDate: '2020-02-29' }));
  const { owner } = (await execute('CreateOwner', { input: { name: 'Ann', dogs } })).createOwner;
  assert.equal(owner.name, 'Ann');

  const first = (await execute('Dogs', { first: 2 })).myDogs;
  const { hasNextPage, endCursor } = first.pageInfo;
  const second = (await execute('Dogs', { first: 2, after: endCursor })).myDogs;
  assert.deepEqual([hasNextPage, second.pageInfo.hasNextPage], [true, false]);
  assert.deepEqual([first.totalCount, second.totalCount], [3, 3]);
  assert.deepEqual([first, second].map(({ edges }) => edges.map(({ node }) => node.name)), pages);
  assert.deepEqual(second.edges.at(-1).node.owner.id, owner.id);

  // The status is 200 if a field fails, and 400 for a variable where the client accepts GraphQL's own media type.
  await refused(execute('CreateDog', { input: { name: 'Rex', ownerId: UNKNOWN } }), 'NOT_FOUND');
  await refused(execute('Dogs', { filter: { createdAt: { gte: 'yesterday' } } }), 'BAD_USER_INPUT');
}

/**
 * Follows the change feed until a change comes that was made after the subscription.
 *
 * @param {object} client
 * @param {(name: string, variables: object) => Promise<object>} client.execute as of `mainJob`
 * @param {(name: string, variables: object, sink: {next, error, complete}) => () => void} client.subscribe starts a
 *   subscription, and returns what ends it
 */
export async function followChanges({ execute, subscribe }) {
  const { myChangesCursor: after } = await execute('ChangesCursor', {});
  const changes = new Changes(subscribe, after);
  await execute('CreateOwner', { input: { name: 'Ben' } });
  assert.deepEqual(await changes.until('Ben'), ['CREATED Ben']);
  changes.stop();
}

/** A subscription to the change feed, and what has come. */
export class Changes {
  #came = [];
  #wake = () => {};
  #failure;

  constructor(subscribe, after) {
    const end = (failure) => {
      this.#failure ??= failure;
      this.#wake();
    };
    this.stop = subscribe('Changes', { after }, {
      next: ({ data, errors }) => {
        if (errors?.length || !data) {
          end(new Error(JSON.stringify(errors)));
          return;
        }
        this.#came.push(`${data.myChanges.kind} ${data.myChanges.node.name}`);
        this.#wake();
      },
      error: end,
      complete: () => end(new Error('The subscription has ended')),
    });
  }

  /** Waits for a change of an object with a name, and returns all changes so far. Fails if none comes in time. */
  async until(name) {
    const timer = setTimeout(() => {
      this.#failure ??= new Error(`No change of ${name} has come, but ${JSON.stringify(this.#came)}`);
      this.#wake();
    }, PATIENCE);
    try {
      return await this.#until(name);
    } finally {
      clearTimeout(timer);
    }
  }

  async #until(name) {
    while (!this.#came.some((change) => change.endsWith(` ${name}`))) {
      if (this.#failure) {
        throw this.#failure;
      }
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#came;
  }
}
