// Kennel's change feed and retries with the clients that frontends use. KENNEL_URL says where Kennel is
// (http://localhost:8080).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

import { follow } from './follow.js';
import { idempotencyLink, resumingLink } from './links.js';

const ENDPOINT = new URL('graphql', process.env.KENNEL_URL ?? 'http://localhost:8080').href;
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

  socketClient(options = {}) {
    return createSocketClient({
      url: ENDPOINT.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: () => ({ authorization: `Bearer ${this.token}` }),
      ...options,
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
      unauthorized: async () => {
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

  test(`${name} is told that a cursor is none`, async () => {
    const account = await Account.signUp();
    const client = open(account);
    const changes = follow(client, CHANGES, 'nonsense', { unauthorized: assert.fail });
    await assert.rejects(changes.next(), (errors) => errors[0].extensions.code === 'BAD_USER_INPUT');
    client.dispose();
  });
}

test('an Apollo Client that retries with a key does a mutation once', async () => {
  const account = await Account.signUp();
  let attempts = 0;
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([
      idempotencyLink,
      new RetryLink({ delay: { initial: 10 }, attempts: { max: 5 } }),
      new HttpLink({
        uri: ENDPOINT,
        fetch: async (uri, options) => {
          const response = await fetch(uri, { ...options, headers: { ...options.headers, ...account.headers() } });
          attempts += 1;
          if (attempts < 3) {
            throw new TypeError('The connection broke before the answer came');
          }
          return response;
        },
      }),
    ]),
  });

  const { data } = await client.mutate({
    mutation: gql`
      mutation {
        createOwner(input: { name: "Ann" }) {
          owner {
            id
            name
          }
        }
      }
    `,
  });

  assert.equal(attempts, 3);
  const { myOwners } = await account.execute('{ myOwners { nodes { id } } }');
  assert.deepEqual(myOwners.nodes, [{ id: data.createOwner.owner.id }]);
  client.stop();
});

test('an Apollo Client resumes the feed when its connection breaks', async () => {
  const account = await Account.signUp();
  let socket;
  const socketClient = account.socketClient({ on: { opened: (opened) => (socket = opened) } });
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([resumingLink(() => account.logIn()), new GraphQLWsLink(socketClient)]),
  });
  const names = [];
  let told;
  const subscription = client
    .subscribe({ query: gql(CHANGES), variables: { after: await account.cursor() } })
    .subscribe({
      next: ({ data }) => {
        names.push(data.myChanges.node.name);
        told?.();
      },
    });
  const until = async (count) => {
    while (names.length < count) {
      await new Promise((resolve) => (told = resolve));
    }
  };

  for (let i = 0; i < 5; i += 1) {
    await account.createOwner(`Before ${i}`);
  }
  await until(5);
  socket.terminate();
  for (let i = 0; i < 5; i += 1) {
    await account.createOwner(`After ${i}`);
  }
  await until(10);

  assert.deepEqual(
    names,
    ['Before', 'After'].flatMap((when) => [0, 1, 2, 3, 4].map((i) => `${when} ${i}`)),
  );
  subscription.unsubscribe();
  client.stop();
  await socketClient.dispose();
});
