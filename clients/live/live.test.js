// Kennel's change feed with the clients of both transports. SERVICE_URL is its URL (default http://localhost:8080).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

import { follow } from './follow.js';

const ENDPOINT = new URL('graphql', process.env.SERVICE_URL ?? 'http://localhost:8080').href;
const CHANGES = `subscription ($after: String) {
  myChanges(after: $after) { cursor kind nodeId node { id ... on Owner { name } } }
}`;

class Account {
  username = `live-${crypto.randomUUID().slice(0, 13)}`;
  password = 'correct horse battery staple';

  static async signUp() {
    const account = new Account();
    const { username, password } = account;
    const data = await account.execute(`mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }`, {
      input: { username, email: `${username}@example.com`, password },
    });
    account.token = data.signup.accessToken;
    return account;
  }

  async logIn() {
    this.token = undefined;
    const { username, password } = this;
    const data = await this.execute(`mutation ($input: LoginInput!) { login(input: $input) { accessToken } }`, {
      input: { username, password },
    });
    this.token = data.login.accessToken;
  }

  headers = () => (this.token ? { Authorization: `Bearer ${this.token}` } : {});

  async execute(query, variables = {}) {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...this.headers() },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined);
    return data;
  }

  async createOwner(name) {
    const data = await this.execute(
      `mutation ($name: String!) { createOwner(input: { name: $name }) { owner { id } } }`,
      { name },
    );
    return data.createOwner.owner.id;
  }

  async cursor() {
    return (await this.execute('{ myChangesCursor }')).myChangesCursor;
  }

  socketClient() {
    return createSocketClient({
      url: ENDPOINT.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: () => ({ authorization: `Bearer ${this.token}` }),
    });
  }

  eventClient() {
    return createEventClient({ url: ENDPOINT, headers: this.headers, retryAttempts: 0 });
  }
}

for (const [name, open] of [
  ['graphql-ws', (account) => account.socketClient()],
  ['graphql-sse', (account) => account.eventClient()],
]) {
  test(`${name} follows the feed, and resumes it after its session has ended`, async () => {
    const account = await Account.signUp();
    const client = open(account);
    let loggedIn = 0;
    const changes = follow(client, CHANGES, await account.cursor(), {
      unauthorized: async (reason) => {
        assert.equal(reason, 'SESSION_ENDED');
        loggedIn += 1;
        await account.logIn();
      },
    });
    const ann = await account.createOwner('Ann');
    const first = (await changes.next()).value;
    assert.deepEqual([first.kind, first.nodeId, first.node.name], ['CREATED', ann, 'Ann']);

    const second = changes.next();
    await account.execute('mutation { logout { success } }');
    const deadline = AbortSignal.timeout(20_000);
    while (loggedIn === 0) {
      deadline.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    while (account.token === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await account.createOwner('Ben');
    assert.equal((await second).value.node.name, 'Ben');
    assert.equal(loggedIn, 1);
    await changes.return();
    client.dispose();
  });

  test(`${name} receives the error of an invalid cursor`, async () => {
    const account = await Account.signUp();
    const client = open(account);
    const changes = follow(client, CHANGES, 'nonsense', { unauthorized: assert.fail });
    await assert.rejects(changes.next(), (errors) => errors[0].extensions.code === 'BAD_USER_INPUT');
    client.dispose();
  });
}
