// Retries over a failing network: a retried mutation is executed once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gql } from '@apollo/client';

import { CREATE_OWNER, OWNERS } from '../../target/apollo/dist/operations.js';
import { services, signUp } from './services.js';

/** Returns the idempotency keys of all attempts of `CreateOwner`. */
function keysOf({ requests }) {
  return requests
    .filter(({ operationName }) => operationName === 'CreateOwner')
    .map(({ headers }) => headers.get('Idempotency-Key'));
}

for (const service of services) {
  for (const mishap of ['drop response', 'refuse', 'bad gateway', 'unavailable']) {
    test(`${service.driver}: a mutation is executed once, with one key, despite two failures: ${mishap}`, async (t) => {
      const { client, proxy, wire, ask } = await signUp(t, service);
      proxy.fail(mishap, mishap);

      const { data } = await client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: 'Ann' } } });

      assert.equal(data.createOwner.owner.name, 'Ann');
      const { myOwners } = await ask('{ myOwners { nodes { id } } }');
      assert.deepEqual(myOwners.nodes, [{ id: data.createOwner.owner.id }]);
      const keys = keysOf(wire);
      assert.equal(keys.length, 3);
      assert.match(keys[0], /^[0-9a-f-]{36}$/);
      assert.deepEqual(keys, [keys[0], keys[0], keys[0]]);
    });
  }

  test(`${service.driver}: another mutation has another key`, async (t) => {
    const { client, wire, ask } = await signUp(t, service);

    await client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: 'Ann' } } });
    await client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: 'Ann' } } });

    const keys = keysOf(wire);
    assert.equal(new Set(keys).size, 2);
    assert.equal((await ask('{ myOwners { totalCount } }')).myOwners.totalCount, 2);
  });

  test(`${service.driver}: a token that expires between two attempts does not change the key`, async (t) => {
    const { client, proxy, wire, ask } = await signUp(t, service);
    proxy.fail('drop response');
    wire.expireTokens();

    await client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: 'Ann' } } });

    const keys = keysOf(wire);
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
    assert.equal(wire.count('Refresh'), 1);
    assert.equal((await ask('{ myOwners { totalCount } }')).myOwners.totalCount, 1);
  });

  test(`${service.driver}: a query is sent again, and has no key`, async (t) => {
    const { client, proxy, wire } = await signUp(t, service);
    proxy.fail('drop response', 'unavailable');

    const { data } = await client.query({ query: OWNERS });

    assert.equal(data.myOwners.totalCount, 0);
    assert.equal(wire.count('Owners'), 3);
    assert.equal(wire.requests.at(-1).headers.get('Idempotency-Key'), null);
  });

  test(`${service.driver}: a mutation that a key does not cover is sent once`, async (t) => {
    const { client, proxy, wire, password } = await signUp(t, service);
    proxy.fail('drop response');
    const changePassword = gql`
      mutation ChangePassword($input: ChangePasswordInput!) {
        changePassword(input: $input) {
          user {
            id
          }
        }
      }
    `;

    await assert.rejects(
      client.mutate({
        mutation: changePassword,
        variables: { input: { currentPassword: password, newPassword: `another ${password}` } },
      }),
      TypeError,
    );

    assert.equal(wire.count('ChangePassword'), 1);
  });

  test(`${service.driver}: a refused operation is not retried`, async (t) => {
    const { client, wire } = await signUp(t, service);

    await assert.rejects(client.mutate({ mutation: CREATE_OWNER, variables: { input: { name: '' } } }), (error) => {
      assert.deepEqual(error.errors.map(({ extensions }) => extensions.code), ['BAD_USER_INPUT']);
      return true;
    });

    assert.equal(wire.count('CreateOwner'), 1);
  });
}
