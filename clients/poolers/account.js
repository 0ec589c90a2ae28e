// A client of an account: queries, mutations with idempotency keys, and the feed over both transports.

import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

import { follow } from '../live/follow.js';

const SIGN_UP = 'mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }';
const CREATE = 'mutation ($name: String!) { createOwner(input: { name: $name }) { owner { name } } }';
const NAMES = '{ myOwners(first: 200) { nodes { name } pageInfo { hasNextPage } } }';
const CHANGES = 'subscription ($after: String) { myChanges(after: $after) { cursor kind node { ... on Owner { name } } } }';

export class Account {
  /** The number of retried requests. */
  retried = 0;

  constructor(url) {
    this.endpoint = new URL('graphql', url).href;
  }

  static async signUp(url) {
    const account = new Account(url);
    const username = `poolers-${crypto.randomUUID().slice(0, 13)}`;
    const input = { username, email: `${username}@example.com`, password: 'correct horse battery staple' };
    account.token = (await account.execute(SIGN_UP, { input })).signup.accessToken;
    return account;
  }

  headers = () => (this.token ? { Authorization: `Bearer ${this.token}` } : {});

  async execute(query, variables = {}, headers = {}) {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...this.headers(), ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const { data, errors } = response.ok ? JSON.parse(text) : { errors: `${response.status}: ${text}` };
    if (errors) {
      throw new Error(JSON.stringify(errors));
    }
    return data;
  }

  /** Sends a request, and retries it once. */
  async executeWithRetry(query, variables, headers) {
    try {
      return await this.execute(query, variables, headers);
    } catch {
      this.retried += 1;
      return this.execute(query, variables, headers);
    }
  }

  async createOwner(name) {
    const { createOwner } = await this.executeWithRetry(CREATE, { name }, { 'Idempotency-Key': crypto.randomUUID() });
    return createOwner.owner.name;
  }

  async ownerNames() {
    const { myOwners } = await this.executeWithRetry(NAMES);
    if (myOwners.pageInfo.hasNextPage) {
      throw new Error('There are more owners than a page has');
    }
    return myOwners.nodes.map(({ name }) => name);
  }

  async cursor() {
    return (await this.execute('{ myChangesCursor }')).myChangesCursor;
  }

  /**
   * Follows the feed after a cursor, over any number of connections, until it is stopped.
   *
   * @param {'socket' | 'events'} transport
   * @param {string} after
   */
  follow(transport, after) {
    const client =
      transport === 'socket'
        ? createSocketClient({
            url: this.endpoint.replace(/^http/, 'ws'),
            webSocketImpl: WebSocket,
            retryAttempts: 0,
            connectionParams: () => ({ authorization: `Bearer ${this.token}` }),
          })
        : createEventClient({ url: this.endpoint, headers: this.headers, retryAttempts: 0 });
    let stopped = false;
    const resuming = {
      iterate(request) {
        if (stopped) {
          // `follow` does not resume after the end of a session.
          throw Object.assign(new Error('Stopped'), { code: 4403, reason: 'STOPPED' });
        }
        return client.iterate(request);
      },
    };
    const names = [];
    const changes = follow(resuming, CHANGES, after, {
      unauthorized: (reason) => {
        throw new Error(reason);
      },
    });
    const ended = (async () => {
      for await (const { kind, node } of changes) {
        names.push(`${kind} ${node.name}`);
      }
    })().catch((failure) => {
      if (!stopped) {
        // The failure is compared with the expected names.
        names.push(String(failure.message ?? JSON.stringify(failure)));
      }
    });
    return {
      names,
      async stop() {
        stopped = true;
        client.dispose();
        await ended;
      },
    };
  }
}
