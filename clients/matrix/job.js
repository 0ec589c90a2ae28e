// The jobs of every client in the matrix: typical operations of an app, the change feed, and an expiring access token.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080), EXPIRING_SERVICE_URL that of one with
// `kennel.auth.access-token-lifetime=10s`. Without the latter, the tests of expiry are skipped, or fail in CI (`CI` is set).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { parse, print } from 'graphql';

const endpoint = (service) => new URL('graphql', service).href;

/** The endpoint of the service. */
export const ENDPOINT = endpoint(process.env.SERVICE_URL ?? 'http://localhost:8080');

/** The endpoint of the service with short-lived access tokens, if any. */
export const EXPIRING = process.env.EXPIRING_SERVICE_URL && endpoint(process.env.EXPIRING_SERVICE_URL);

if (EXPIRING === undefined && process.env.CI) {
  throw new Error('EXPIRING_SERVICE_URL is not set');
}

/** Options of a test that waits for the expiry of a token. */
export const expiring = { skip: EXPIRING === undefined && 'EXPIRING_SERVICE_URL is not set', timeout: 60_000 };

/** The timeout for a change, in milliseconds. After a reconnection, a change takes a few seconds at most. */
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

/** Returns the WebSocket URL of an endpoint. */
export const socketUrl = (url) => url.replace(/^http/, 'ws');

/** The tokens of a session. */
export class Session {
  /** The number of refreshes. */
  refreshes = 0;

  constructor(url = ENDPOINT) {
    this.url = url;
  }

  /** Stores the tokens of an AuthPayload. */
  take({ accessToken, refreshToken, expiresAt }) {
    Object.assign(this, { accessToken, refreshToken, expiresAt });
  }

  /** The headers of a request, and the `connectionParams` of a WebSocket. */
  headers = () => (this.accessToken ? { authorization: `Bearer ${this.accessToken}` } : {});

  /** Whether the access token has expired, by the clock of this machine. */
  hasExpired = () => this.accessToken !== undefined && Date.parse(this.expiresAt) <= Date.now();

  /** Replaces the access token with one that the service refuses, as after its expiry. */
  expire() {
    this.take({ ...this, accessToken: 'expired', expiresAt: new Date().toISOString() });
  }

  /** Refreshes the tokens, without the client under test. */
  async refresh() {
    this.take((await this.request('Refresh', { input: { refreshToken: this.refreshToken } })).refreshSession);
    this.refreshes += 1;
  }

  /** Executes an operation without a token and without the client under test. Returns its data. */
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

/** Returns the input of a sign-up with a unique username. */
export function newAccount() {
  const username = `matrix-${crypto.randomUUID().slice(0, 13)}`;
  return { username, email: `${username}@example.com`, password: 'correct horse battery staple' };
}

/**
 * Signs up, logs in, creates an owner with dogs, loads the dogs in two pages, and asserts two errors.
 *
 * @param {object} client
 * @param {Session} client.session the session whose headers the client sends, and which stores the tokens
 * @param {(name: string, variables: object) => Promise<object>} client.execute sends an operation, and returns its data
 * @param {(error: unknown) => object[]} [client.errorsOf] the GraphQL errors of what `execute` throws, if it is not these
 * @param {string[][]} [client.pages] the dogs in the client's cache after each of the two pages
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
 * Subscribes to the change feed, makes a change, and waits for its event.
 *
 * @param {object} client
 * @param {(name: string, variables: object) => Promise<object>} client.execute as of `mainJob`
 * @param {(name: string, variables: object, sink: {next, error, complete}) => () => void} client.subscribe starts a
 *   subscription, and returns the function that unsubscribes
 */
export async function followChanges({ execute, subscribe }) {
  const { myChangesCursor: after } = await execute('ChangesCursor', {});
  const changes = new Changes(subscribe, after);
  await execute('CreateOwner', { input: { name: 'Ben' } });
  assert.deepEqual(await changes.until('Ben'), ['CREATED Ben']);
  changes.stop();
}

/** A subscription to the change feed, with the received changes. */
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
