// The Postman collection covers the schema, and describes its requests.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { GraphQLError, parse, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';

import { currentSchema } from '../schema/schema.js';

const schema = currentSchema();
const collection = JSON.parse(
  readFileSync(new URL('../../postman/kennel.postman_collection.json', import.meta.url), 'utf8'),
);

/** Requests that are invalid on purpose. */
const NOT_GRAPHQL = ['Not GraphQL', 'An unknown field'];

function* requests(folder, path = []) {
  for (const item of folder.item) {
    if (item.item) {
      yield* requests(item, [...path, item.name]);
    } else {
      yield { ...item, path: [...path, item.name].join(' / ') };
    }
  }
}

function* folders(folder) {
  yield folder;
  for (const item of folder.item) {
    if (item.item) {
      yield* folders(item);
    }
  }
}

const all = [...requests(collection)];
const operations = all.filter(({ name, request }) => request.body?.mode === 'graphql' && !NOT_GRAPHQL.includes(name));

test('each operation is valid for the schema', () => {
  const faults = operations.flatMap(({ path, request }) =>
    validate(schema, parse(request.body.graphql.query)).map((error) => `${path}: ${GraphQLError.prototype.toString.call(error)}`),
  );
  assert.deepEqual(faults, []);
});

test('each root field has a request', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const expected = roots.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  const seen = new Set();
  for (const { request } of operations) {
    const types = new TypeInfo(schema);
    visit(
      parse(request.body.graphql.query),
      visitWithTypeInfo(types, {
        Field: ({ name }) => void seen.add(`${types.getParentType()?.name}.${name.value}`),
      }),
    );
  }

  assert.deepEqual(expected.filter((field) => !seen.has(field)), []);
});

test('each request and folder is described, and each request is tested', () => {
  const undescribed = [
    ...[...folders(collection)].filter((folder) => !(folder.description ?? folder.info?.description)),
    ...all.filter(({ request }) => !request.description),
  ];
  const untested = all.filter(({ event = [] }) =>
    event.every(({ listen, script }) => listen !== 'test' || !script.exec.join('\n').includes('pm.test(')),
  );

  assert.deepEqual(undescribed.map(({ name }) => name), []);
  assert.deepEqual(untested.map(({ path }) => path), []);
});

test('each variable is described, and none has a value from an earlier run', () => {
  assert.deepEqual(collection.variable.filter(({ description, value }) => !description || value !== ''), []);
});

test('the common errors have requests', () => {
  const scripts = JSON.stringify(all.map(({ event }) => event));
  const missing = [
    'UNAUTHENTICATED',
    'NOT_FOUND',
    'CONFLICT',
    'BAD_USER_INPUT',
    'IDEMPOTENCY_KEY_REUSED',
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'OPERATION_RESOLUTION_FAILURE',
    'OPERATION_TOO_COMPLEX',
    'BAD_REQUEST',
    'METHOD_NOT_ALLOWED',
    'NOT_ACCEPTABLE',
    'UNSUPPORTED_MEDIA_TYPE',
  ].filter((code) => !scripts.includes(code));

  assert.deepEqual(missing, []);
});
