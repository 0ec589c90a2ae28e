// A differential test of `@defer` and `@stream` with graphql 17, the reference implementation: the same initial result, the
// same deliveries, and the same final result, in both formats.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080). INCREMENTAL_SEED and INCREMENTAL_RUNS select other
// operations.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { Kind, parse, print, TypeInfo, visit, visitWithTypeInfo, getNullableType, isListType } from 'graphql';

import { documents, ENDPOINT, newAccount, Session } from '../matrix/job.js';
import { currentSchema } from '../schema/schema.js';
import { execute as executeByOracle, wholeOperation } from './oracle.js';
import { FORMATS, merge, payloadsOf } from './wire.js';

const RUNS = Number(process.env.INCREMENTAL_RUNS ?? 300);
const SEED = Number(process.env.INCREMENTAL_SEED ?? 1);

const schema = currentSchema();
const session = new Session();

const send = (query, variables = {}, accept = 'application/graphql-response+json') =>
  fetch(ENDPOINT, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', accept, ...session.headers() },
    body: JSON.stringify({ query, variables }),
  });

const json = async (query, variables) => (await send(query, variables)).json();

/** Operations with lists, edges, abstract types, aliases, nulls and errors. */
const OPERATIONS = [
  '{ me { id username dogs(first: 3) { totalCount nodes { id name owner { id name } } } } }',
  '{ myOwners(first: 2) { nodes { id name dogs(first: 2) { nodes { name owner { name } } pageInfo { hasNextPage } } } } }',
  `{ myDogs(first: 3, orderBy: { field: NAME, direction: ASC }) {
     totalCount edges { cursor node { id name breed owner { name dogs(first: 1) { nodes { id } } } } } } }`,
  '{ a: myOwners(first: 1) { nodes { id } } b: myOwners(last: 1) { nodes { id name } } me { username } }',
  'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Dog { name owner { name } } ... on Owner { name dogs { nodes { name } } } } }',
  'query ($id: ID!) { node(id: $id) { __typename id ... on Owner { ...O } } } fragment O on Owner { name dogs { nodes { name } } }',
  '{ owner(id: "own_00000000000000000000000000") { name } dog(id: "nonsense") { id name } me { id } }',
];

let ids;

before(async () => {
  session.take((await session.request('SignUp', { input: newAccount() })).signup);
  ids = [];
  for (const name of ['Ann', 'Bea', 'Cid']) {
    const owner = (await json(documents.CreateOwner, { input: { name } })).data.createOwner.owner.id;
    ids.push(owner);
    for (const dog of ['Rex', 'Fifi', 'Bello'].slice(0, ids.length)) {
      ids.push(
        (await json(documents.CreateDog, { input: { ownerId: owner, name: `${dog} of ${name}` } })).data.createDog.dog.id,
      );
    }
  }
  ids.push('dog_00000000000000000000000000');
});

/** Returns a seeded pseudorandom number generator. */
function generator(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const name = (value) => ({ kind: Kind.NAME, value });
const argument = (key, value) => ({ kind: Kind.ARGUMENT, name: name(key), value });
const label = (value) => argument('label', { kind: Kind.STRING, value });

/** Adds `@defer` and `@stream` to random selections. Some deferred fields are also selected outside of the fragment. */
function withDirectives(document, random) {
  let labels = 0;
  const types = new TypeInfo(schema);
  return print(
    visit(
      parse(document),
      visitWithTypeInfo(types, {
        Field(node) {
          // Merged fields must have the same `@stream`.
          if (isListType(getNullableType(types.getType())) && node.name.value !== 'nodes' && random(2) === 0) {
            const initialCount = argument('initialCount', { kind: Kind.INT, value: String(random(3)) });
            return {
              ...node,
              directives: [{ kind: Kind.DIRECTIVE, name: name('stream'), arguments: [initialCount, label(`s${labels++}`)] }],
            };
          }
          return undefined;
        },
        SelectionSet: {
          leave(node) {
            const selections = [...node.selections];
            for (let count = random(3); count > 0; count--) {
              const chosen = selections.filter(() => random(2) === 0);
              if (chosen.length > 0) {
                const kept = selections.filter((selection) => !chosen.includes(selection) || random(3) === 0);
                const unlabelled = chosen.map((selection) => (kept.includes(selection) ? withoutLabels(selection) : selection));
                selections.splice(0, selections.length, ...kept);
                selections.splice(random(selections.length + 1), 0, {
                  kind: Kind.INLINE_FRAGMENT,
                  directives: [{ kind: Kind.DIRECTIVE, name: name('defer'), arguments: [label(`d${labels++}`)] }],
                  selectionSet: { kind: Kind.SELECTION_SET, selections: unlabelled },
                });
              }
            }
            return { ...node, selections };
          },
        },
      }),
    ),
  );
}

/** Copies a selection without labels, which must be unique in a document. */
const withoutLabels = (selection) =>
  visit(selection, {
    Argument: ({ name: { value } }) => (value === 'label' ? null : undefined),
  });

/** Excludes streams: one without further items need not be announced. */
const isFragment = (delivery) => !/ s\d+$| undefined$/.test(delivery);

const sorted = (errors) => errors.map(({ path, message }) => JSON.stringify({ path, message })).sort();

for (const [format, accept] of Object.entries(FORMATS)) {
  test(`the reference implementation delivers the same (${format})`, async () => {
    let incremental = 0;
    for (let run = 0; run < RUNS; run++) {
      const random = generator(SEED * 1_000_003 + run);
      const base = OPERATIONS[random(OPERATIONS.length)];
      const document = withDirectives(base, random);
      const variables = base.includes('$ids') ? { ids } : base.includes('$id') ? { id: ids[0] } : {};

      const whole = await json(wholeOperation(document), variables);
      const expectedPayloads = await executeByOracle(document, variables, whole, format);
      const payloads = await payloadsOf(await send(document, variables, `${accept},application/graphql-response+json`));

      const context = `seed ${SEED}, run ${run}: ${document}\n${JSON.stringify(payloads)}\n${JSON.stringify(expectedPayloads)}`;
      assert(payloads[0].data !== undefined, context);
      assert.deepEqual(payloads[0].data, expectedPayloads[0].data, context);
      const actual = merge(payloads);
      const expected = merge(expectedPayloads);
      assert.deepEqual(actual.data, expected.data, context);
      assert.deepEqual(sorted(actual.errors), sorted(expected.errors), context);
      assert.deepEqual(actual.failures, expected.failures, context);
      assert.deepEqual(actual.deliveries.filter(isFragment), expected.deliveries.filter(isFragment), context);
      incremental += payloads.length > 1 ? 1 : 0;
    }
    assert(incremental > RUNS / 2, `${incremental} of ${RUNS}`);
  });
}
