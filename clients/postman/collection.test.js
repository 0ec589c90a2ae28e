// The Postman collection covers the schema, and describes its requests.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { GraphQLError, parse, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';

import { currentSchema } from '../schema/schema.js';
import { read, requests, serialize, text } from './collection.js';
import { differences, example, NOW, Placeholders } from './examples.js';

const schema = currentSchema();
const collection = read();

/** Requests that are invalid on purpose. */
const NOT_GRAPHQL = ['Not GraphQL', 'An unknown field'];

function* folders(folder) {
  yield folder;
  for (const item of folder.item) {
    if (item.item) {
      yield* folders(item);
    }
  }
}

const all = [...requests(collection)].map(({ item, path }) => ({ ...item, path }));
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

test('only the last folder ends the session', () => {
  const ending = operations.filter(({ request }) => /\b(?:logout|deleteMe)\b/.test(request.body.graphql.query));

  assert.deepEqual(
    [...new Set(ending.map(({ path }) => path.split(' / ')[0]))],
    [collection.item.at(-1).name],
  );
});

test('the file has the format in which npm run postman:write writes it', () => {
  assert.equal(text(), serialize(collection));
});

test('each request has one example, which is up to date with the request', () => {
  for (const { path, ...item } of all) {
    assert.equal(item.response.length, 1, `${path} has no example: npm run postman:write`);
    const [{ status, code, header, body }] = item.response;
    assert.deepEqual(item.response, [example(item, { status, code, contentType: header[0].value, body })], path);
  }
});

test('no example has a token, or another value of the run that recorded it', () => {
  // Placeholders are numbered in the order of the requests, so that those of an example are replaced with themselves.
  const placeholders = new Placeholders(JSON.stringify(all.map(({ request }) => request)));
  for (const { path, response } of all) {
    for (const { body } of response) {
      assert.doesNotMatch(body, /eyJ|[\w-]{40,}/, path);
      assert.equal(placeholders.body(body, NOW), body, path);
    }
  }
});

test('the responses of two runs have the same example', () => {
  const bodies = (token, owner, dog, username, now) => {
    const placeholders = new Placeholders('own_00000000000000000000000000');
    const at = (seconds) => new Date(now + 1000 * seconds).toISOString();
    return [
      { data: { login: { accessToken: token, expiresAt: at(300), user: { username, createdAt: at(-2) } } } },
      { data: { owner: { id: owner, dogs: { nodes: [{ id: dog }], pageInfo: { endCursor: `A${dog}` } } } } },
      { data: { node: { id: owner }, nodes: [{ id: 'own_00000000000000000000000000' }] }, errors: [{ message: `Not ${dog}` }] },
    ].map((body) => JSON.parse(placeholders.body(JSON.stringify(body), now)));
  };
  const first = bodies('eyJ0.eyJ1.a', 'own_01m8q0cmazfz0s1jkg018512ph', 'dog_01m8q0cq9nf7ebxvj3h3b768v2', 'postman-mx3osyly-way2apk0', Date.now());
  const second = bodies('eyJ2.eyJ3.b', 'own_01m8q0cnmqegsa4dmranmgxp8j', 'dog_01m8q0cqn0exergfdwzdn0tqmd', 'postman-mx3osylz-00000000', 12345);

  assert.deepEqual(first, second);
  assert.deepEqual(first, [
    {
      data: {
        login: {
          accessToken: 'access.token.1',
          expiresAt: '2026-01-15T09:35:00.000Z',
          user: { username: 'postman-example', createdAt: '2026-01-15T09:30:00.000Z' },
        },
      },
    },
    {
      data: {
        owner: {
          id: 'own_01jz0000000000000000000001',
          dogs: { nodes: [{ id: 'dog_01jz0000000000000000000001' }], pageInfo: { endCursor: 'cursor-1' } },
        },
      },
    },
    {
      data: { node: { id: 'own_01jz0000000000000000000001' }, nodes: [{ id: 'own_00000000000000000000000000' }] },
      errors: [{ message: 'Not dog_01jz0000000000000000000001' }],
    },
  ]);
});

test('a response with other members, codes or another status differs from its example', () => {
  const json = 'application/graphql-response+json;charset=utf-8';
  const saved = { code: 200, header: [{ value: json }], body: '{"errors":[{"path":["a",0],"extensions":{"code":"X"}}],"data":{"a":[{"b":1}]}}' };
  const against = (body, code = 200) =>
    differences({ item: [{ name: 'One', response: [saved] }] }, new Map([['One', { code, contentType: json, body }]]));

  assert.deepEqual(against('{"errors":[{"path":["a",0],"extensions":{"code":"X"}}],"data":{"a":[{"b":2},{"b":null}]}}'), []);
  assert.deepEqual(against('{"errors":[{"path":["a",0],"extensions":{"code":"Y"}}],"data":{"a":[{"c":1}]}}', 400), [
    'One: the example has 200, the response has not',
    'One: the example has data.a[].b, the response has not',
    'One: the example has errors[].extensions.code=X, the response has not',
    'One: the response has 400, the example has not',
    'One: the response has data.a[].c, the example has not',
    'One: the response has errors[].extensions.code=Y, the example has not',
  ]);
});
