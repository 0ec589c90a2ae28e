// Relay's compiler accepts the schema: its connections, its nodes, its mutations and its subscription.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { printSchema } from 'graphql';

import { run } from '../apollo/build.js';
import { currentSchema } from '../schema/schema.js';

const BUILT = fileURLToPath(new URL('../target/relay', import.meta.url));
const GENERATED = join(BUILT, 'src/__generated__');

test("Relay's compiler compiles fragments, pages in both directions, refetches by id, mutations and the feed", () => {
  rmSync(BUILT, { recursive: true, force: true });
  mkdirSync(BUILT, { recursive: true });
  for (const name of ['relay.config.json', 'src']) {
    cpSync(fileURLToPath(new URL(name, import.meta.url)), join(BUILT, name), { recursive: true });
  }
  writeFileSync(join(BUILT, 'schema.graphql'), printSchema(currentSchema()));

  run(BUILT, 'relay-compiler', 'relay.config.json');

  assert.deepEqual(readdirSync(GENERATED).sort(), [
    'DogListChangesSubscription.graphql.js',
    'DogListCreateDogMutation.graphql.js',
    'DogListDeleteDogMutation.graphql.js',
    'DogListDogQuery.graphql.js',
    'DogListOwnerPaginationQuery.graphql.js',
    'DogListPaginationQuery.graphql.js',
    'DogListQuery.graphql.js',
    'DogList_dog.graphql.js',
    'DogList_owner.graphql.js',
    'DogList_query.graphql.js',
  ]);
});

test('what Relay has compiled is what the schema is for', () => {
  const artifact = (name) => readFileSync(join(GENERATED, `${name}.graphql.js`), 'utf8');

  assert.match(artifact('DogList_query'), /"direction": "forward"/);
  assert.match(artifact('DogList_owner'), /"direction": "backward"/);
  // An object is found again by its id, through `node`.
  assert.match(artifact('DogListOwnerPaginationQuery'), /node\(id: \$id\)/);
  assert.match(artifact('DogListQuery'), /pageInfo[^}]*endCursor/);
});
