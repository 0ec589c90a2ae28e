// A load of accounts that write, read and follow their changes during a database failure, with its consistency checks.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

import { follow } from '../live/follow.js';

const PASSWORD = 'correct horse battery staple';

const CREATE_OWNER = 'mutation ($name: String!) { createOwner(input: { name: $name }) { owner { id } } }';

const OWNERS = `query ($after: String) {
  myChangesCursor
  myOwners(first: 100, after: $after) { nodes { name } pageInfo { endCursor hasNextPage } }
}`;

const CHANGES = 'subscription ($after: String) { myChanges(after: $after) { cursor kind node { ... on Owner { name } } } }';

/** The pause of an account between two writes, in milliseconds. */
const PAUSE = 40;

/** The first delay before a retry, in milliseconds. It doubles up to `LAST_RETRY`. */
const FIRST_RETRY = 50;

const LAST_RETRY = 400;

/** Errors that end `follow`: those of an invalid cursor. */
const ENDED = [{ extensions: { code: 'BAD_USER_INPUT' } }];

/** Counts the error codes of responses. */
class Codes extends Map {
  add(code) {
    this.set(code, (this.get(code) ?? 0) + 1);
  }

  toString() {
    return [...this].map(([code, count]) => `${code} ${count}`).join(', ') || 'none';
  }
}

/** A client that follows the feed, and tracks the names that its user would see. */
class Follower {
  /** The names that were loaded at the start, and after each expired cursor. */
  loaded = new Set();

  /** The names that events have delivered since. */
  delivered = new Set();

  expired = 0;

  constructor(account, name, open) {
    this.account = account;
    this.name = name;
    this.open = open;
  }

  async begin() {
    this.#cursor = await this.#load();
    this.#running = this.#run();
  }

  #cursor;

  #running;

  #client;

  async #load() {
    const { cursor, names } = await this.account.owners();
    this.loaded = new Set(names);
    this.delivered = new Set();
    return cursor;
  }

  async #run() {
    while (!this.account.ended) {
      const client = this.open();
      this.#client = client;
      const following = {
        iterate: (request) => {
          if (this.account.ended) {
            throw ENDED;
          }
          return client.iterate(request);
        },
      };
      try {
        for await (const { kind, node } of follow(following, CHANGES, this.#cursor, { unauthorized: assert.fail })) {
          assert.equal(kind, 'CREATED');
          assert.ok(!this.delivered.has(node.name), `${this.name} got the event of ${node.name} twice`);
          this.delivered.add(node.name);
        }
      } catch (failure) {
        if (failure === ENDED) {
          return;
        }
        if (!Array.isArray(failure) || failure[0].extensions.code !== 'CURSOR_EXPIRED') {
          throw failure;
        }
        this.expired += 1;
        this.#cursor = await this.#load();
      } finally {
        client.dispose();
      }
    }
  }

  /** Waits until all names are loaded or delivered. */
  async finish(names) {
    const patience = AbortSignal.timeout(45_000);
    const missing = () => names.filter((name) => !this.loaded.has(name) && !this.delivered.has(name));
    while (missing().length > 0 && !patience.aborted) {
      await Promise.race([sleep(20), this.#running]);
    }
    assert.deepEqual(missing(), [], `${this.name} missed events`);
  }

  async end() {
    this.#client.dispose();
    await this.#running;
  }
}

/** An account that creates owners, and retries each write with its idempotency key until it is acknowledged. */
class Account {
  acknowledged = [];

  ended = false;

  followers = [];

  constructor(load, number) {
    this.load = load;
    this.number = number;
  }

  async signUp() {
    const username = `failover-${crypto.randomUUID().slice(0, 12)}`;
    const { signup } = await this.execute(
      'mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }',
      { input: { username, email: `${username}@example.com`, password: PASSWORD } },
    );
    this.token = signup.accessToken;
  }

  /** Retries a request until it succeeds, alternating between the instances as a load balancer does. */
  async execute(query, variables, key) {
    for (let attempt = 0; ; attempt += 1) {
      const { instances, codes } = this.load;
      const { url } = instances[(this.number + attempt) % instances.length];
      let result;
      try {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            ...(this.token && { Authorization: `Bearer ${this.token}` }),
            ...(key && { 'Idempotency-Key': key }),
          },
          body: JSON.stringify({ query, variables }),
        });
        result = await response.json();
      } catch (failure) {
        result = { errors: [{ extensions: { code: failure.cause?.code ?? failure.message } }] };
      }
      if (!result.errors) {
        return result.data;
      }
      codes.add(result.errors[0].extensions.code);
      await sleep(Math.min(LAST_RETRY, FIRST_RETRY * 2 ** attempt) * (0.5 + Math.random() / 2));
    }
  }

  /** Returns the names of all owners, and the feed cursor that was read with the first page. */
  async owners() {
    const names = [];
    let cursor;
    for (let after = null; ; ) {
      const { myChangesCursor, myOwners } = await this.execute(OWNERS, { after });
      cursor ??= myChangesCursor;
      names.push(...myOwners.nodes.map(({ name }) => name));
      if (!myOwners.pageInfo.hasNextPage) {
        return { cursor, names };
      }
      after = myOwners.pageInfo.endCursor;
    }
  }

  async follow() {
    const [first, second] = this.load.instances;
    const authorization = `Bearer ${this.token}`;
    this.followers = [
      new Follower(this, 'graphql-ws', () =>
        createSocketClient({
          url: `${first.url.replace('http', 'ws')}/graphql`,
          webSocketImpl: WebSocket,
          retryAttempts: 0,
          connectionParams: { authorization },
        }),
      ),
      new Follower(this, 'graphql-sse', () =>
        createEventClient({ url: `${second.url}/graphql`, retryAttempts: 0, headers: { authorization } }),
      ),
    ];
    await Promise.all(this.followers.map((follower) => follower.begin()));
  }

  async write() {
    while (!this.load.stopping) {
      const name = `${this.number}-${this.acknowledged.length}`;
      await this.execute(CREATE_OWNER, { name }, crypto.randomUUID());
      this.acknowledged.push(name);
      this.load.acknowledgedAt.push(performance.now());
      await sleep(PAUSE);
    }
  }

  async read() {
    while (!this.load.stopping) {
      await this.execute('{ myOwners(first: 5) { nodes { name } } }');
      await sleep(PAUSE);
    }
  }
}

/** Accounts that use several instances, from `start` to `finish`. */
export class Load {
  codes = new Codes();

  /** The times at which writes were acknowledged. */
  acknowledgedAt = [];

  stopping = false;

  constructor(instances, accounts) {
    this.instances = instances;
    this.accounts = Array.from({ length: accounts }, (_, number) => new Account(this, number));
  }

  static async start(instances, accounts) {
    const load = new Load(instances, accounts);
    for (const account of load.accounts) {
      await account.signUp();
      await account.follow();
    }
    load.newcomer = new Account(load, accounts);
    await load.newcomer.signUp();
    load.working = Promise.all(load.accounts.flatMap((account) => [account.write(), account.read()]));
    await load.acknowledges(accounts * 5);
    load.codes.clear();
    return load;
  }

  /** Waits until `count` more writes are acknowledged. */
  async acknowledges(count) {
    const enough = this.acknowledgedAt.length + count;
    const patience = AbortSignal.timeout(90_000);
    while (this.acknowledgedAt.length < enough) {
      patience.throwIfAborted();
      await Promise.race([sleep(10), this.working]);
    }
  }

  /** The longest time in which no write was acknowledged, in seconds. */
  get outage() {
    const gaps = this.acknowledgedAt.map((time, index) => time - (this.acknowledgedAt[index - 1] ?? time));
    return Math.max(...gaps) / 1000;
  }

  /** Returns the seconds from a time to the next acknowledged write. */
  recoveryAfter(moment) {
    return (this.acknowledgedAt.find((time) => time > moment) - moment) / 1000;
  }

  /** Ends the load. */
  async stop() {
    this.stopping = true;
    await this.working;
  }

  /** Returns the seconds that a write takes for an account without pending requests. */
  async timeOfNewWrite() {
    const began = performance.now();
    await this.newcomer.execute(CREATE_OWNER, { name: 'new' }, crypto.randomUUID());
    return (performance.now() - began) / 1000;
  }

  /** The followers whose cursors have expired. */
  get expired() {
    return this.accounts.flatMap(({ followers }) => followers).filter(({ expired }) => expired > 0).length;
  }

  /**
   * Ends the load. Asserts that each acknowledged write is stored once, and was delivered to each follower once.
   *
   * @param {(account: Account) => string[]} expected the stored names of an account
   */
  async finish(expected = ({ acknowledged }) => acknowledged) {
    await this.stop();
    for (const account of this.accounts) {
      const { names } = await account.owners();
      assert.deepEqual(names.toSorted(), expected(account).toSorted(), 'What is stored is what was acknowledged');
      for (const follower of account.followers) {
        await follower.finish(names);
      }
      account.ended = true;
      await Promise.all(account.followers.map((follower) => follower.end()));
    }
  }
}
