// Cache updates: after each mutation, the cached lists equal those of the service.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gql } from '@apollo/client';

import { placeInLists, remove, removeOwner } from '../../target/apollo/dist/kennel/cache.js';
import { OWNERS } from '../../target/apollo/dist/operations.js';
import { services, signUp } from './services.js';

/** Returns a selection of a list, with all fields that cache updates need. */
const list = (field, node) =>
  `${field} { totalCount edges { cursor node { id ${node} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;

const LISTS = {
  /** All objects, on complete lists. */
  Everything: gql(`query Everything {
    ${list('myOwners', `name ${list('dogs', 'name')}`)}
    ${list('myDogs', 'name breed owner { id name }')}
  }`),
  /** A list that is filtered and ordered by selected fields. */
  Selective: gql(`query Selective {
    me { id ${list('dogs(filter: { name: { contains: "e" } }, orderBy: { field: NAME, direction: DESC })', 'name')} }
  }`),
};

const DOG = '{ id name breed birthDate owner { id } }';

/** Creates an account, and a client that watches all lists. Returns them with `change`. */
async function open(t, service) {
  const person = await signUp(t, service);
  const { client, wire } = person;
  const watched = Object.values(LISTS).map((query) => client.watchQuery({ query, notifyOnNetworkStatusChange: true }));
  const settled = async () => {
    for (const query of watched) {
      await new Promise((resolve) => {
        const subscription = query.subscribe(({ loading, dataState }) => {
          if (!loading && dataState === 'complete') {
            resolve();
            setTimeout(() => subscription.unsubscribe());
          }
        });
      });
    }
  };
  const subscriptions = watched.map((query) => query.subscribe(() => {}));
  t.after(() => subscriptions.forEach((subscription) => subscription.unsubscribe()));
  await settled();

  /** Executes a mutation, compares the lists with refetched ones, and returns the number of requests of each list. */
  const change = async (mutation, update) => {
    const before = Object.keys(LISTS).map((name) => wire.count(name));
    const { data } = await client.mutate({ mutation: gql(mutation), update: (cache, result) => update(cache, result.data) });
    await settled();
    const loaded = Object.keys(LISTS).map((name, i) => wire.count(name) - before[i]);
    for (const query of watched) {
      const { data: fresh } = await client.query({ query: query.query, fetchPolicy: 'no-cache' });
      assert.deepEqual(comparable(query.getCurrentResult().data), comparable(fresh));
    }
    return { data, loaded };
  };
  return { ...person, change };
}

/** Copies a result without cursors: edges that the cache has inserted have none. */
function comparable(value) {
  return JSON.parse(JSON.stringify(value, (name, member) => (/cursor$/i.test(name) ? undefined : member)));
}

const placed = (field, type) => (cache, data) => placeInLists(cache, data[field][type]);

for (const service of services) {
  test(`${service.driver}: the lists follow each mutation of owners and dogs`, async (t) => {
    const { change, client } = await open(t, service);

    // A list that the cache can update is not refetched.
    const ann = await change('mutation { createOwner(input: { name: "Ann" }) { owner { id name } } }', (cache, data) => {
      placeInLists(cache, { ...data.createOwner.owner });
    });
    assert.deepEqual(ann.loaded, [1, 0]); // The new owner's dogs are not cached yet.

    const many = await change(
      `mutation { createOwner(input: { name: "Bob", dogs: [{ name: "Rex" }, { name: "Bella" }] }) {
        owner { id name ${list('dogs', 'name breed birthDate owner { id }')} }
      } }`,
      (cache, data) => {
        const { owner } = data.createOwner;
        placeInLists(cache, owner);
        owner.dogs.edges.forEach(({ node }) => placeInLists(cache, node));
      },
    );
    const annId = ann.data.createOwner.owner.id;
    const bob = many.data.createOwner.owner;
    const [rex, bella] = bob.dogs.edges.map(({ node }) => node.id);

    const lone = await change(
      `mutation { createDog(input: { ownerId: "${annId}", name: "Dee" }) { dog ${DOG} } }`,
      placed('createDog', 'dog'),
    );
    assert.deepEqual(lone.loaded, [0, 0]);
    const dee = lone.data.createDog.dog.id;

    const renamed = await change(
      `mutation { updateOwner(input: { id: "${annId}", name: "Anna" }) { owner { id name } } }`,
      placed('updateOwner', 'owner'),
    );
    assert.deepEqual(renamed.loaded, [0, 0]);

    const changed = await change(
      `mutation { updateDog(input: { id: "${rex}", name: "Rey", breed: "Beagle" }) { dog ${DOG} } }`,
      placed('updateDog', 'dog'),
    );
    assert.deepEqual(changed.loaded, [0, 0]);

    // Rex was created before Dee, and precedes her.
    const moved = await change(
      `mutation { updateDog(input: { id: "${rex}", ownerId: "${annId}" }) { dog ${DOG} } }`,
      placed('updateDog', 'dog'),
    );
    assert.deepEqual(moved.loaded, [0, 0]);

    const movedAsNewest = await change(
      `mutation { updateDog(input: { id: "${dee}", ownerId: "${bob.id}" }) { dog ${DOG} } }`,
      placed('updateDog', 'dog'),
    );
    assert.deepEqual(movedAsNewest.loaded, [0, 0]);

    const deleted = await change(
      `mutation { deleteDog(input: { id: "${bella}" }) { deletedDogId owner { id } } }`,
      (cache, data) => remove(cache, 'Dog', [data.deleteDog.deletedDogId]),
    );
    assert.deepEqual(deleted.loaded, [0, 0]);
    assert.equal(client.cache.extract()[`Dog:${bella}`], undefined);

    const all = await change(
      `mutation { deleteOwner(input: { id: "${annId}", withDogs: true }) { deletedOwnerId deletedDogIds deletedDogCount } }`,
      (cache, data) => removeOwner(cache, data.deleteOwner),
    );
    assert.deepEqual(all.loaded, [0, 0]);
    const left = Object.keys(client.cache.extract()).filter((key) => /^(Owner|Dog):/.test(key));
    assert.deepEqual(left.sort(), [`Dog:${dee}`, `Owner:${bob.id}`]);
  });

  test(`${service.driver}: a partially loaded list is updated with counts and positions`, async (t) => {
    const { client, ask, wire } = await signUp(t, service);
    const ids = {};
    const create = async (name) => {
      const { createOwner } = await ask(
        'mutation ($name: String!) { createOwner(input: { name: $name }) { owner { __typename id name } } }',
        { name },
      );
      ids[name] = createOwner.owner.id;
      return createOwner.owner;
    };
    for (const name of ['Ada', 'bert', 'Cleo', 'Dora']) {
      await create(name);
    }
    const page = { query: OWNERS, variables: { first: 2, orderBy: { field: 'NAME' } } };
    const watched = client.watchQuery(page);
    const subscription = watched.subscribe(() => {});
    t.after(() => subscription.unsubscribe());
    await client.query(page);
    const shown = () => {
      const { totalCount, edges } = client.readQuery(page).myOwners;
      return [totalCount, ...edges.map(({ node }) => node.name)];
    };
    /** Applies a change of another client twice, like a mutation and the feed. */
    const change = (owner, kind) => {
      const fragment = gql('fragment Name on Owner { id name }');
      client.writeFragment({ fragment, data: owner });
      [1, 2].forEach(() => placeInLists(client.cache, owner, kind));
    };
    assert.deepEqual(shown(), [4, 'Ada', 'bert']);

    change(await create('Zed'), 'CREATED');
    assert.deepEqual(shown(), [5, 'Ada', 'bert']);
    change(await create('Alma'), 'CREATED');
    assert.deepEqual(shown(), [6, 'Ada', 'Alma', 'bert']);
    change({ __typename: 'Owner', id: ids.Cleo, name: 'Aaron' }, 'UPDATED');
    assert.deepEqual(shown(), [6, 'Aaron', 'Ada', 'Alma', 'bert']);
    change({ __typename: 'Owner', id: ids.Ada, name: 'Zoe' }, 'UPDATED');
    assert.deepEqual(shown(), [6, 'Aaron', 'Alma', 'bert']);
    [1, 2].forEach(() => remove(client.cache, 'Owner', [ids.Dora]));
    assert.deepEqual(shown(), [5, 'Aaron', 'Alma', 'bert']);
    [1, 2].forEach(() => remove(client.cache, 'Owner', [ids.bert]));
    assert.deepEqual(shown(), [4, 'Aaron', 'Alma']);
    assert.equal(wire.count('Owners'), 1);
  });

  test(`${service.driver}: a list filtered by unselected fields is refetched`, async (t) => {
    const { client, ask, wire } = await signUp(t, service);
    const { createOwner } = await ask('mutation { createOwner(input: { name: "Ann" }) { owner { id } } }');
    const query = gql(`query Beagles { ${list('myDogs(filter: { breed: { eq: "Beagle" } })', 'name')} }`);
    const watched = client.watchQuery({ query });
    const loaded = (count) =>
      new Promise((resolve) => {
        const subscription = watched.subscribe(({ data, loading }) => {
          if (!loading && data?.myDogs.totalCount === count) {
            setTimeout(() => resolve(subscription.unsubscribe()));
          }
        });
      });
    const subscription = watched.subscribe(() => {});
    t.after(() => subscription.unsubscribe());
    await loaded(0);

    await client.mutate({
      mutation: gql`
        mutation AddBeagle($ownerId: ID!) {
          createDog(input: { ownerId: $ownerId, name: "Rex", breed: "BEAGLE" }) {
            dog {
              id
              name
              owner {
                id
              }
            }
          }
        }
      `,
      variables: { ownerId: createOwner.owner.id },
      update: (cache, { data }) => placeInLists(cache, data.createDog.dog, 'CREATED'),
    });

    await loaded(1);
    assert.equal(wire.count('Beagles'), 2);
  });

  test(`${service.driver}: cached filters match the same objects as the service`, async (t) => {
    const { client, ask } = await signUp(t, service);
    const { createOwner } = await ask('mutation { createOwner(input: { name: "Ann" }) { owner { id } } }');
    const filters = {
      either: '{ or: [{ breed: { eq: "BEAGLE" } }, { birthDate: { isNull: true, lt: "2020-01-01" } }] }',
      neither: '{ not: { or: { breed: { startsWith: "b" } } } }',
      nothing: '{ or: [] }',
      unknown: '{ breed: { isNull: true } }',
      known: '{ and: [{ breed: { isNull: false } }, { birthDate: { gt: "2020-02-28", lte: "2020-02-29" } }] }',
    };
    const fields = Object.entries(filters).map(([alias, filter]) =>
      list(`${alias}: myDogs(orderBy: { field: BREED }, filter: ${filter})`, 'name breed birthDate owner { id }'),
    );
    const query = gql(`query Filters { ${fields.join(' ')} }`);
    const others = gql(`query Others {
      ${list('myDogs(filter: { owner: { name: { eq: "ann" } } })', 'name')}
      ${list('myOwners(filter: { dogs: { some: {} } })', 'name')}
    }`);
    const counts = gql('query Counts { dogsByBreed { breed count } }');
    for (const one of [query, others, counts]) {
      await client.query({ query: one });
    }
    for (const input of ['name: "Rex", breed: "Pug"', 'name: "Bo", breed: "beagle", birthDate: "2020-02-29"', 'name: "Mutt"']) {
      await client.mutate({
        mutation: gql(`mutation { createDog(input: { ownerId: "${createOwner.owner.id}", ${input} }) { dog ${DOG} } }`),
        update: (cache, { data }) => placeInLists(cache, data.createDog.dog, 'CREATED'),
      });
    }

    const shown = (data) =>
      Object.fromEntries(Object.keys(filters).map((alias) => [alias, data[alias].edges.map(({ node }) => node.name)]));
    const cached = shown(client.readQuery({ query }));
    assert.deepEqual(cached, {
      either: ['Bo'],
      neither: ['Rex', 'Mutt'],
      nothing: [],
      unknown: ['Mutt'],
      known: ['Bo'],
    });
    assert.deepEqual(cached, shown((await client.query({ query, fetchPolicy: 'network-only' })).data));
    // Filters on related objects and counts are evicted.
    assert.deepEqual([others, counts].map((one) => client.readQuery({ query: one })), [null, null]);
  });

  test(`${service.driver}: applying a change twice has no further effect`, async (t) => {
    const { change } = await open(t, service);
    const twice = (update) => (cache, data) => [1, 2].forEach(() => update(cache, data));

    const { data } = await change(
      `mutation { createOwner(input: { name: "Ann", dogs: [{ name: "Rex" }] }) {
        owner { id name dogs { nodes ${DOG} } }
      } }`,
      twice((cache, { createOwner: { owner } }) => [owner, ...owner.dogs.nodes].forEach((o) => placeInLists(cache, o))),
    );
    const { id } = data.createOwner.owner;
    await change(
      `mutation { createDog(input: { ownerId: "${id}", name: "Eve" }) { dog { id name breed owner { id name } } } }`,
      twice(placed('createDog', 'dog')),
    );
    await change(
      `mutation { deleteOwner(input: { id: "${id}", withDogs: true }) { deletedOwnerId deletedDogIds deletedDogCount } }`,
      twice((cache, { deleteOwner }) => removeOwner(cache, deleteOwner)),
    );
  });

  test(`${service.driver}: deleting an owner with more dogs than the payload lists evicts all of them`, async (t) => {
    const { change, client, ask } = await open(t, service);
    const other = await ask('mutation { createOwner(input: { name: "Bob", dogs: [{ name: "Bella" }] }) { owner { id } } }');
    const dogs = (count) => Array.from({ length: count }, (_, i) => `{ name: "Dog ${i}" }`).join(' ');
    const { createOwner } = await ask(
      `mutation { createOwner(input: { name: "Ann", dogs: [${dogs(100)}] }) { owner { id } } }`,
    );
    const { id } = createOwner.owner;
    for (let request = 0; request < 6; request += 1) {
      const fields = Array.from(
        { length: 17 },
        (_, i) => `d${i}: createDog(input: { ownerId: "${id}", name: "Rex ${i}" }) { dog { id } }`,
      );
      await ask(`mutation { ${fields.join(' ')} }`);
    }
    const page = gql(`query Page($after: String) {
      ${list('myDogs(first: 200, after: $after, orderBy: { field: NAME })', 'name owner { id }')}
    }`);
    const { data } = await client.query({ query: page });
    await client.query({
      query: page,
      variables: { after: data.myDogs.pageInfo.endCursor },
      fetchPolicy: 'network-only',
    });
    const known = () => Object.keys(client.cache.extract()).filter((key) => key.startsWith('Dog:')).length;
    assert.equal(known(), 203);

    const { data: deleted } = await change(
      `mutation { deleteOwner(input: { id: "${id}", withDogs: true }) { deletedOwnerId deletedDogIds deletedDogCount } }`,
      (cache, result) => removeOwner(cache, result.deleteOwner),
    );

    assert.equal(deleted.deleteOwner.deletedDogIds.length, 200);
    assert.equal(deleted.deleteOwner.deletedDogCount, 202);
    assert.equal(known(), 1);
    assert.equal(client.cache.extract()[`Owner:${id}`], undefined);
    assert.notEqual(client.cache.extract()[`Owner:${other.createOwner.owner.id}`], undefined);
  });

  test(`${service.driver}: the account and its sessions are updated, too`, async (t) => {
    const person = await signUp(t, service);
    const { client, session, username, password } = person;
    const me = gql`
      query Me {
        me {
          id
          username
          sessions {
            id
            current
          }
        }
      }
    `;
    // A second session.
    await fetch(new URL('graphql', service.url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($input: LoginInput!) { login(input: $input) { session { id } } }',
        variables: { input: { username, password } },
      }),
    });
    const { data } = await client.query({ query: me });
    assert.deepEqual(data.me.sessions.map(({ current }) => current).sort(), [false, true]);
    const { id } = data.me.sessions.find(({ current }) => !current);

    await client.mutate({
      mutation: gql`
        mutation Rename($input: UpdateMeInput!) {
          updateMe(input: $input) {
            user {
              id
              username
            }
          }
        }
      `,
      variables: { input: { username: `${username}-2`.slice(0, 32), currentPassword: password } },
    });
    assert.equal(client.readQuery({ query: me }).me.username, `${username}-2`);

    await client.mutate({
      mutation: gql`
        mutation Revoke($input: RevokeSessionInput!) {
          revokeSession(input: $input) {
            revokedSessionId
          }
        }
      `,
      variables: { input: { id } },
      update: (cache, { data: { revokeSession } }) => remove(cache, 'Session', [revokeSession.revokedSessionId]),
    });
    assert.deepEqual(client.readQuery({ query: me }).me.sessions.map(({ current }) => current), [true]);
    await session.logOut();
  });

  test(`${service.driver}: fragments on an interface match its implementations`, async (t) => {
    const { client, ask } = await signUp(t, service);
    const { createOwner } = await ask('mutation { createOwner(input: { name: "Ann" }) { owner { id } } }');
    const node = gql`
      query Node($id: ID!) {
        node(id: $id) {
          ...Identified
          ... on Owner {
            name
          }
        }
      }

      fragment Identified on Node {
        id
      }
    `;
    const variables = { id: createOwner.owner.id };

    await client.query({ query: node, variables });

    // Without possibleTypes, the cache could not tell that an Owner is a Node.
    assert.deepEqual(client.readQuery({ query: node, variables }), {
      node: { __typename: 'Owner', id: createOwner.owner.id, name: 'Ann' },
    });
  });
}
