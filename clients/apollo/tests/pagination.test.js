// relayStylePagination over Kennel's lists, in both directions.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OWNERS } from '../../target/apollo/dist/operations.js';
import { services, signUp } from './services.js';

const NAMES = ['Ada', 'bert', 'Cleo', 'Dora', 'emil'];

async function withOwners(t, service) {
  const person = await signUp(t, service);
  for (const name of NAMES) {
    await person.ask('mutation ($name: String!) { createOwner(input: { name: $name }) { owner { id } } }', { name });
  }
  return person;
}

const shown = ({ myOwners }) => myOwners.edges.map(({ node }) => node.name);
const ends = ({ myOwners: { pageInfo } }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage];

for (const service of services) {
  test(`${service.driver}: pages are merged forward`, async (t) => {
    const { client } = await withOwners(t, service);
    const options = { query: OWNERS, variables: { first: 2, orderBy: { field: 'NAME' } } };
    await client.query(options);
    const query = client.watchQuery(options);
    const subscription = query.subscribe(() => {});
    t.after(() => subscription.unsubscribe());
    const current = () => client.readQuery(options);
    assert.deepEqual([shown(current()), ends(current())], [['Ada', 'bert'], [false, true]]);

    await query.fetchMore({ variables: { after: current().myOwners.pageInfo.endCursor } });
    assert.deepEqual([shown(current()), ends(current())], [['Ada', 'bert', 'Cleo', 'Dora'], [false, true]]);

    await query.fetchMore({ variables: { after: current().myOwners.pageInfo.endCursor } });
    assert.deepEqual([shown(current()), ends(current())], [NAMES, [false, false]]);
    assert.equal(current().myOwners.totalCount, 5);
  });

  test(`${service.driver}: pages are merged backward`, async (t) => {
    const { client } = await withOwners(t, service);
    const options = { query: OWNERS, variables: { last: 2 } };
    await client.query(options);
    const query = client.watchQuery(options);
    const subscription = query.subscribe(() => {});
    t.after(() => subscription.unsubscribe());
    const current = () => client.readQuery(options);
    assert.deepEqual([shown(current()), ends(current())], [['Dora', 'emil'], [true, false]]);

    await query.fetchMore({ variables: { before: current().myOwners.pageInfo.startCursor } });
    assert.deepEqual([shown(current()), ends(current())], [['bert', 'Cleo', 'Dora', 'emil'], [true, false]]);

    await query.fetchMore({ variables: { before: current().myOwners.pageInfo.startCursor } });
    assert.deepEqual([shown(current()), ends(current())], [NAMES, [false, false]]);
  });

  test(`${service.driver}: another filter or order has a separate list`, async (t) => {
    const { client, wire } = await withOwners(t, service);
    const load = (variables) => client.query({ query: OWNERS, variables });

    assert.deepEqual(shown((await load({ first: 2 })).data), ['Ada', 'bert']);
    assert.deepEqual(shown((await load({ first: 2, orderBy: { field: 'NAME', direction: 'DESC' } })).data), ['emil', 'Dora']);
    assert.deepEqual(shown((await load({ filter: { name: { contains: 'E' } } })).data), ['bert', 'Cleo', 'emil']);
    assert.equal(wire.count('Owners'), 3);
    assert.deepEqual(shown((await load({ first: 2 })).data), ['Ada', 'bert']);
    assert.equal(wire.count('Owners'), 3);
  });

  test(`${service.driver}: a page that is not adjacent to the loaded pages replaces them`, async (t) => {
    const { client } = await withOwners(t, service);
    const load = (variables) => client.query({ query: OWNERS, variables, fetchPolicy: 'network-only' });
    const current = () => client.readQuery({ query: OWNERS });
    const { data } = await load({ first: 4 });
    const cleo = data.myOwners.edges[2].cursor;

    await load({ last: 1 });
    assert.deepEqual([shown(current()), ends(current())], [['emil'], [true, false]]);
    await load({ last: 1, before: cleo });
    assert.deepEqual([shown(current()), ends(current())], [['bert'], [true, true]]);
    await load({ first: 2, after: current().myOwners.pageInfo.endCursor });
    assert.deepEqual([shown(current()), ends(current())], [['bert', 'Cleo', 'Dora'], [true, true]]);
  });
}
