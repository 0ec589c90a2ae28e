// One refresh for however many operations find that their access token is no good any more.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gql } from '@apollo/client';

import { OWNERS } from '../../target/apollo/dist/operations.js';
import { services, signUp } from './services.js';

const TOTAL = gql`
  query Total {
    myOwners {
      totalCount
    }
  }
`;

const fresh = { fetchPolicy: 'no-cache' };

for (const service of services) {
  test(`${service.driver}: twenty queries refresh the session once, and all get their answers`, async (t) => {
    const { client, session, wire } = await signUp(t, service);
    assert.equal('Authorization' in session.headers(), service.driver === 'jwt');
    wire.expireTokens();

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.query({ query: OWNERS, variables: { first: i + 1 }, ...fresh })),
    );

    assert.deepEqual(answers.map(({ data }) => data.myOwners.totalCount), Array(20).fill(0));
    assert.equal(wire.count('Refresh'), 1);
    assert.equal(wire.count('Owners'), 40);
    await client.query({ query: TOTAL, ...fresh });
    assert.equal(wire.count('Refresh'), 1);
  });

  test(`${service.driver}: an answer that comes after the refresh does not refresh again`, async (t) => {
    const { client, wire } = await signUp(t, service);
    wire.expireTokens();
    const release = wire.hold('Total');

    const slow = client.query({ query: TOTAL, ...fresh });
    await client.query({ query: OWNERS, ...fresh });
    release();

    assert.equal((await slow).data.myOwners.totalCount, 0);
    assert.equal(wire.count('Total'), 2);
    assert.equal(wire.count('Refresh'), 1);
  });

  test(`${service.driver}: a mutation is refreshed too, and done once`, async (t) => {
    const { client, wire, ask } = await signUp(t, service);
    wire.expireTokens();

    const { data } = await client.mutate({
      mutation: gql`
        mutation AddOwner {
          createOwner(input: { name: "Ann" }) {
            owner {
              id
            }
          }
        }
      `,
    });

    assert.equal(wire.count('Refresh'), 1);
    assert.equal(wire.count('AddOwner'), 2);
    const { myOwners } = await ask('{ myOwners { nodes { id } } }');
    assert.deepEqual(myOwners.nodes, [{ id: data.createOwner.owner.id }]);
  });

  test(`${service.driver}: when the session has ended, the error stands, and the cache is emptied`, async (t) => {
    const { client, session, wire, ask } = await signUp(t, service);
    await client.query({ query: TOTAL });
    let ended = 0;
    session.addEventListener('ended', () => (ended += 1));
    const { me } = await ask('{ me { sessions { id } } }');
    await ask('mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } }', {
      id: me.sessions[0].id,
    });

    await assert.rejects(client.query({ query: TOTAL, ...fresh }), (error) => {
      assert.deepEqual(error.errors.map(({ extensions }) => extensions.code), ['UNAUTHENTICATED']);
      return true;
    });

    assert.equal(wire.count('Refresh'), 1);
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(ended, 1);
    assert.deepEqual(client.cache.extract(), {});
  });

  test(`${service.driver}: a wrong password refreshes nothing`, async (t) => {
    const { session, username, wire } = await signUp(t, service);

    await assert.rejects(session.logIn({ username, password: 'not the password' }), (error) => {
      assert.deepEqual(error.errors.map(({ extensions }) => extensions.code), ['UNAUTHENTICATED']);
      return true;
    });

    assert.equal(wire.count('Refresh'), 0);
  });

  test(`${service.driver}: signing out ends it for the service too`, async (t) => {
    const { client, session, wire, user } = await signUp(t, service);
    const me = gql`
      query Me {
        me {
          id
        }
      }
    `;
    assert.deepEqual((await client.query({ query: me, ...fresh })).data, { me: { __typename: 'User', id: user.id } });

    await session.logOut();

    assert.deepEqual((await client.query({ query: me, ...fresh })).data, { me: null });
    assert.equal(wire.count('Refresh'), 0);
  });

  test(`${service.driver}: a log-in after a log-out shows that the device is known`, async (t) => {
    const { session, username, password, wire } = await signUp(t, service);
    await session.logOut();

    await session.logIn({ username, password });

    const { deviceToken } = wire.requests.findLast(({ operationName }) => operationName === 'LogIn').variables.input;
    assert.equal(deviceToken?.split('.').length, service.driver === 'jwt' ? 3 : undefined);
  });
}
