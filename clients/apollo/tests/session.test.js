// The session: concurrent operations share one refresh; a session ends by a log-out or on the service.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gql } from '@apollo/client';
import { URI } from 'otpauth';

import { CHANGES, OWNERS } from '../../target/apollo/dist/operations.js';
import { open, services, signUp } from './services.js';

const TOTAL = gql`
  query Total {
    myOwners {
      totalCount
    }
  }
`;

/** Returns a validator for `assert.rejects`: one UNAUTHENTICATED error with a reason. */
const refused = (reason) => (error) => {
  assert.deepEqual(error.errors.map(({ extensions }) => extensions), [{ code: 'UNAUTHENTICATED', reason }]);
  return true;
};

/** Revokes an account's sessions from another device. */
async function endElsewhere(t, service, { username, password }) {
  const { client, session } = await open(t, service);
  await session.logIn({ username, password });
  await client.mutate({
    mutation: gql`
      mutation EndOthers {
        revokeOtherSessions {
          revokedCount
        }
      }
    `,
  });
}

const fresh = { fetchPolicy: 'no-cache' };

for (const service of services) {
  test(`${service.driver}: twenty queries refresh the session once, and all get their results`, async (t) => {
    const { client, session, wire } = await signUp(t, service);
    assert.equal('Authorization' in session.headers(), service.driver === 'jwt');
    wire.expireTokens();

    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.query({ query: OWNERS, variables: { first: i + 1 }, ...fresh })),
    );

    assert.deepEqual(results.map(({ data }) => data.myOwners.totalCount), Array(20).fill(0));
    assert.equal(wire.count('Refresh'), 1);
    assert.equal(wire.count('Owners'), 40);
    await client.query({ query: TOTAL, ...fresh });
    assert.equal(wire.count('Refresh'), 1);
  });

  test(`${service.driver}: a response that arrives after the refresh does not refresh again`, async (t) => {
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

  test(`${service.driver}: a mutation with an expired token is resent, and executed once`, async (t) => {
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

  test(`${service.driver}: when the session has ended, the error is reported and the cache cleared`, async (t) => {
    const person = await signUp(t, service);
    const { client, session, wire } = person;
    await client.query({ query: TOTAL });
    let ended = 0;
    session.addEventListener('ended', () => (ended += 1));
    await endElsewhere(t, service, person);

    await assert.rejects(client.query({ query: TOTAL, ...fresh }), refused('SESSION_ENDED'));

    assert.equal(wire.count('Refresh'), 0);
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(ended, 1);
    assert.deepEqual(client.cache.extract(), {});
    assert.deepEqual(session.headers(), {});
  });

  test(`${service.driver}: when a refresh reports the end of the session, its tokens are discarded`, async (t) => {
    const { client, session, wire, ask } = await signUp(t, service);
    let ended = 0;
    session.addEventListener('ended', () => (ended += 1));
    await ask('mutation { logout { success } }');
    wire.expireTokens();

    await assert.rejects(client.query({ query: TOTAL, ...fresh }));

    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(ended, 1);
    assert.deepEqual(session.headers(), {});
    assert.equal(wire.count('Refresh'), 1);
    await assert.rejects(client.query({ query: TOTAL, ...fresh }), refused('TOKEN_MISSING'));
    assert.equal(wire.count('Refresh'), 1);
    assert.equal(ended, 1);
  });

  test(`${service.driver}: a wrong password causes no refresh, and the session continues`, async (t) => {
    const { client, session, username, wire } = await signUp(t, service);
    const input = { username, password: 'not the password' };
    session.addEventListener('ended', assert.fail);

    await assert.rejects(session.logIn(input), refused('INVALID_CREDENTIALS'));
    const mutation = gql`
      mutation Guess($input: LoginInput!) {
        login(input: $input) {
          tokenType
        }
      }
    `;
    await assert.rejects(client.mutate({ mutation, variables: { input } }), refused('INVALID_CREDENTIALS'));

    assert.equal(wire.count('Refresh'), 0);
    assert.equal(wire.count('Guess'), 1);
    assert.equal((await client.query({ query: TOTAL, ...fresh })).data.myOwners.totalCount, 0);
  });

  test(`${service.driver}: without a session, operations that need one are refused without retries`, async (t) => {
    const { client, session, wire } = await open(t, service);

    for (let i = 0; i < 3; i++) {
      await assert.rejects(client.query({ query: TOTAL, ...fresh }), refused('TOKEN_MISSING'));
      await assert.rejects(session.refresh());
      // The "ended" listener clears the store, which would abort the next query.
      await new Promise((resolve) => setTimeout(resolve));
    }

    assert.equal(wire.count('Total'), 3);
    // A client can't see the cookies, so it tries one refresh.
    assert.equal(wire.count('Refresh'), service.driver === 'jwt' ? 0 : 1);
    await session.logOut();
  });

  test(`${service.driver}: signing out of an ended session discards it`, async (t) => {
    const person = await signUp(t, service);
    const { session, wire } = person;
    let ended = 0;
    session.addEventListener('ended', () => (ended += 1));
    await endElsewhere(t, service, person);

    await session.logOut();

    assert.equal(ended, 1);
    assert.deepEqual(session.headers(), {});
    assert.equal(wire.count('Refresh'), 0);
  });

  test(`${service.driver}: signing out ends the session, although the feed's connection closes before the response`, async (t) => {
    const { client, session, connection, ask, wire } = await signUp(t, service);
    const ends = [];
    session.addEventListener('ended', ({ detail }) => ends.push(detail));
    const becomes = (state) =>
      new Promise((resolve) => connection.addEventListener('change', () => connection.state === state && resolve()));
    const connected = becomes('connected');
    const { myChangesCursor: after } = await ask('{ myChangesCursor }');
    const subscription = client.subscribe({ query: CHANGES, variables: { after } }).subscribe({ error() {} });
    t.after(() => subscription.unsubscribe());
    await connected;
    const release = wire.hold('LogOut');
    const closed = becomes('idle');

    const loggingOut = session.logOut();
    await closed;
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(ends, []);
    release();
    await loggingOut;

    assert.deepEqual(ends, [{ isLogOut: true }]);
    assert.deepEqual(session.headers(), {});
  });

  test(`${service.driver}: signing out of an unreachable service discards the session, and throws`, async (t) => {
    const { session, proxy } = await signUp(t, service);
    let ended = 0;
    session.addEventListener('ended', () => (ended += 1));
    proxy.fail('refuse');

    await assert.rejects(session.logOut(), (error) => !('errors' in error));

    assert.equal(ended, 1);
    assert.deepEqual(session.headers(), {});
  });

  test(`${service.driver}: signing out with an access token that has expired ends the session, too`, async (t) => {
    const { session, wire, username, password } = await signUp(t, service);
    wire.expireTokens();

    await session.logOut();

    assert.deepEqual(session.headers(), {});
    // With the driver `cookie`, the refresh cookie is sufficient.
    assert.equal(wire.count('Refresh'), service.driver === 'jwt' ? 1 : 0);
    const again = await open(t, service);
    await again.session.logIn({ username, password });
    const sessions = gql`
      query Sessions {
        me {
          sessions {
            current
          }
        }
      }
    `;
    const { data } = await again.client.query({ query: sessions, ...fresh });
    assert.deepEqual(data.me.sessions.map(({ current }) => current), [true]);
  });

  test(`${service.driver}: signing out ends the session on the service`, async (t) => {
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

  test(`${service.driver}: a log-in after a log-out sends the device token`, async (t) => {
    const { session, username, password, wire } = await signUp(t, service);
    await session.logOut();

    await session.logIn({ username, password });

    const { deviceToken } = wire.requests.findLast(({ operationName }) => operationName === 'LogIn').variables.input;
    assert.equal(deviceToken?.split('.').length, service.driver === 'jwt' ? 3 : undefined);
  });

  test(`${service.driver}: an account with a second factor logs in with codes of an independent library`, async (t) => {
    const { session, username, password, ask } = await signUp(t, service);
    const { beginTotp } = await ask('mutation { beginTotp { secret uri } }');
    // The library computes the codes from the URI alone.
    const app = URI.parse(beginTotp.uri);
    assert.equal(app.secret.base32, beginTotp.secret);
    assert.equal(app.label, username);
    const { confirmTotp } = await ask(
      'mutation ($input: ConfirmTotpInput!) { confirmTotp(input: $input) { recoveryCodes } }',
      { input: { code: app.generate() } },
    );
    const other = await open(t, service);

    const { user, challenge } = await other.session.logIn({ username, password });

    assert.equal(user, undefined);
    assert.deepEqual(challenge.factors, ['TOTP', 'RECOVERY_CODE']);
    assert.equal(other.session.isOpen, service.driver === 'cookie');
    // A code is accepted once: this is the code of the next 30 seconds.
    const code = app.generate({ timestamp: Date.now() + 30_000 });
    assert.equal((await other.session.finishLogIn({ challenge: challenge.token, code })).username, username);
    await assert.rejects(other.session.finishLogIn({ challenge: challenge.token, code }), (error) => {
      assert.deepEqual(error.errors[0].extensions.violations.map(({ code: fault }) => fault), ['INVALID_TOKEN']);
      return true;
    });

    const again = await other.session.logIn({ username, password });
    const [recoveryCode] = confirmTotp.recoveryCodes;
    const recovered = await other.session.finishLogIn({ challenge: again.challenge.token, recoveryCode });
    assert.equal(recovered.username, username);
    assert.equal(session.isOpen, true);
  });
}
