// The change feed over connections that fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placeInLists, remove } from '../../target/apollo/dist/kennel/cache.js';
import { CHANGES, CREATE_OWNER, OWNERS } from '../../target/apollo/dist/operations.js';
import { services, signUp } from './services.js';

const CREATE = 'mutation ($name: String!) { createOwner(input: { name: $name }) { owner { id name } } }';

/** Subscribes, and collects the name of each changed owner, or the kind of a deletion. */
async function follow(t, { client, ask }, after) {
  const names = [];
  let told = () => {};
  let failure;
  const subscription = client
    .subscribe({ query: CHANGES, variables: { after: after ?? (await ask('{ myChangesCursor }')).myChangesCursor } })
    .subscribe({
      next: ({ data, error }) => {
        failure ??= error;
        if (data) {
          names.push(data.myChanges.node?.name ?? data.myChanges.kind);
        }
        told();
      },
      error: (error) => {
        failure = error;
        told();
      },
    });
  t.after(() => subscription.unsubscribe());
  const until = async (condition) => {
    while (!condition()) {
      await new Promise((resolve) => (told = resolve));
    }
  };
  return { names, until, failure: () => failure };
}

for (const service of services) {
  test(`${service.driver}: a feed with many reconnections loses and repeats no change`, async (t) => {
    const person = await signUp(t, service);
    const { names, until } = await follow(t, person);
    const expected = Array.from({ length: 30 }, (_, i) => `Owner ${i}`);

    let cut = 0;
    for (const [i, name] of expected.entries()) {
      await person.ask(CREATE, { name });
      if (i % 10 === 4) {
        await until(() => names.length > i - 4); // Waits for the connection.
        cut += person.proxy.cut();
      }
    }
    await until(() => names.length >= expected.length);

    assert.deepEqual(names, expected);
    assert.equal(cut, 3);
  });

  test(`${service.driver}: an expired token is replaced before the feed continues`, async (t) => {
    const person = await signUp(t, service);
    const first = await follow(t, person);
    await person.ask(CREATE, { name: 'Ann' });
    await first.until(() => first.names.length === 1);
    const second = await follow(t, person);

    person.wire.expireTokens();
    person.proxy.cut();
    await person.client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: 'Bob' } } });
    await first.until(() => first.names.length === 2);
    await second.until(() => second.names.length === 1);

    assert.deepEqual(first.names, ['Ann', 'Bob']);
    assert.deepEqual(second.names, ['Bob']);
    assert.equal(person.wire.count('Refresh'), 1);
  });

  test(`${service.driver}: a subscription reuses a connection that was opened with an older token`, async (t) => {
    const person = await signUp(t, service);
    const first = await follow(t, person);
    await person.ask(CREATE, { name: 'Ann' });
    await first.until(() => first.names.length === 1);
    const after = (await person.ask('{ myChangesCursor }')).myChangesCursor;

    person.wire.expireTokens();
    const release = person.proxy.hold();
    person.proxy.cut();
    await person.wire.opening();
    await person.client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: 'Bob' } } });
    const second = await follow(t, person, after);
    release();
    await first.until(() => first.names.length === 2);
    await second.until(() => second.names.length === 1);

    assert.deepEqual(first.names, ['Ann', 'Bob']);
    assert.deepEqual(second.names, ['Bob']);
    assert.equal(person.wire.count('Refresh'), 1);
  });

  test(`${service.driver}: the feed of an ended session fails with its reason`, async (t) => {
    const person = await signUp(t, service);
    const { names, until, failure } = await follow(t, person);
    await person.ask(CREATE, { name: 'Ann' });
    await until(() => names.length === 1);
    const { me } = await person.ask('{ me { sessions { id } } }');

    await person.ask('mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } }', {
      id: me.sessions[0].id,
    });
    await until(failure);

    assert.deepEqual(
      failure().errors.map(({ extensions }) => extensions),
      [{ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' }],
    );
    assert.deepEqual(person.session.headers(), {});
    assert.equal(person.wire.count('Refresh'), 0);
  });

  test(`${service.driver}: an invalid cursor is an error, and is not retried`, async (t) => {
    const person = await signUp(t, service);

    const { until, failure } = await follow(t, person, 'nonsense');
    await until(failure);

    assert.deepEqual(failure().errors.map(({ extensions }) => extensions.code), ['BAD_USER_INPUT']);
  });

  test(`${service.driver}: changes by another program appear in the lists`, async (t) => {
    const { client, ask } = await signUp(t, service);
    const { createOwner } = await ask(CREATE, { name: 'Ann' });
    await client.query({ query: OWNERS });
    const { myChangesCursor } = await ask('{ myChangesCursor }');
    const shown = () => client.readQuery({ query: OWNERS })?.myOwners.edges.map(({ node }) => node.name);
    let told;
    const subscription = client
      .subscribe({ query: CHANGES, variables: { after: myChangesCursor } })
      .subscribe(({ data }) => {
        const { nodeId, node } = data.myChanges;
        if (node) {
          placeInLists(client.cache, node);
        } else {
          remove(client.cache, 'Owner', [nodeId]);
        }
        told();
      });
    t.after(() => subscription.unsubscribe());
    const change = async (query, variables) => {
      const next = new Promise((resolve) => (told = resolve));
      await ask(query, variables);
      await next;
    };

    await change(CREATE, { name: 'Bob' });
    assert.deepEqual(shown(), ['Ann', 'Bob']);
    await change('mutation ($id: ID!) { updateOwner(input: { id: $id, name: "Anna" }) { owner { id } } }', {
      id: createOwner.owner.id,
    });
    assert.deepEqual(shown(), ['Anna', 'Bob']);
    await change('mutation ($id: ID!) { deleteOwner(input: { id: $id }) { deletedOwnerId } }', {
      id: createOwner.owner.id,
    });
    assert.deepEqual(shown(), ['Bob']);
  });
}
