// The lint rules of the schema, and its compatibility with the released schema.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080). USAGE (optional) is a comma-separated list of files
// with reports of /actuator/graphqlusage: a breaking change must then break none of their clients.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import graphql from '@graphql-eslint/eslint-plugin';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { ESLint } from 'eslint';
import { buildClientSchema, buildSchema, getIntrospectionQuery, parse, printSchema } from 'graphql';

import { currentSchema, releasedSchema, ROOT } from './schema.js';
import { brokenClients } from './usage.js';

/** The exceptions to the rules, with their reasons. */
const EXEMPT = {
  // `username` is the common term; `name` would be the person's name.
  'schema/account.graphqls no-typename-prefix': 'Field "username" starts with the name of the parent type "User"',
  // Part of each connection, as Relay's specification defines it.
  'schema/paging.graphqls strict-id-in-types': 'type "PageInfo"',
  // An aggregate, not an entity.
  'schema/dog.graphqls strict-id-in-types': 'type "BreedCount"',
  // One for each account: the account's id identifies it.
  'schema/factor.graphqls strict-id-in-types': 'type "SecondFactor"',
  // Identified by its token, and not an entity.
  'schema/session.graphqls strict-id-in-types': 'type "LoginChallenge"',
  // The payload of a subscription, not an entity.
  'schema/change.graphqls strict-id-in-types': 'type "Change"',
};

test("the schema keeps @graphql-eslint's schema-recommended", async () => {
  const results = await lint({ cwd: ROOT, files: ['schema/*.graphqls'] });

  assert.equal(results.length, 10);
  const faults = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => ({
      file: filePath.slice(ROOT.length),
      line,
      rule: ruleId.replace('@graphql-eslint/', ''),
      message,
    })),
  );
  const [exempt, others] = [true, false].map((wanted) =>
    faults.filter(({ file, rule, message }) => message.startsWith(EXEMPT[`${file} ${rule}`] ?? '\0') === wanted),
  );
  assert.deepEqual(others, []);
  assert.equal(exempt.length, Object.keys(EXEMPT).length);
});

test('no change breaks clients of the released schema, unless it is declared', async () => {
  const changes = await diff(releasedSchema(), currentSchema());

  const breaking = changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ type, path, message }) => ({ type, path, message }));
  const declared = JSON.parse(readFileSync(new URL('breaking.json', import.meta.url), 'utf8'));
  const find = (list, { type, path }) => list.some((one) => one.type === type && one.path === path);
  assert.deepEqual(breaking.filter((change) => !find(declared, change)), [], 'Not declared in clients/schema/breaking.json');
  assert.deepEqual(declared.filter((change) => !find(breaking, change)), [], 'Declared, and not so (any more)');
  assert.deepEqual(declared.filter(({ reason }) => typeof reason !== 'string' || reason.length < 20), [], 'Without a reason');
});

test('no breaking change breaks a client in use', { skip: !process.env.USAGE && 'USAGE names no report' }, async () => {
  const reports = process.env.USAGE.split(',').map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const changes = await diff(releasedSchema(), currentSchema());

  const broken = changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map((change) => ({ path: change.path, clients: brokenClients(change, releasedSchema(), reports) ?? 'not counted' }))
    .filter(({ clients }) => clients.length > 0);
  assert.deepEqual(broken, []);
});

test('usage reports name the clients that a breaking change breaks', async () => {
  const before = buildSchema(`type Query { dog(id: ID!, old: Int, limit: Int): Dog, dogs(in: Filter, by: Order): [Pet], unused: Int }
    type Dog { name: String, breed: Breed } enum Breed { PUG POODLE } union Pet = Dog | Cat type Cat { name: String }
    input Filter { name: String, old: Int, owner: OwnerFilter } input OwnerFilter { name: String } enum Order { NAME AGE SIZE }`);
  const after = buildSchema(`type Query { dog(id: ID!, limit: Int!, more: Int!): Dog, dogs(in: Filter, by: Order): [Pet] }
    type Dog { breed: Breed } enum Breed { PUG } union Pet = Dog type Cat { name: String }
    input Filter { name: String!, owner: OwnerFilter, more: Int! } input OwnerFilter { name: String! } enum Order { NAME }`);
  const web = (coordinate, version) => ({ coordinate, clients: [{ name: 'web', version }] });
  const reports = [
    {
      coordinates: [
        web('Query.dog', '1'), web('Query.dog(id:)', '1'), web('Dog.name', '1'), web('Query.dogs(in:)', '3'), web('Filter.old', '3'),
      ],
    },
    {
      coordinates: [
        web('Query.dog', '2'), web('Query.dog(old:)', '2'), web('Dog.name', '1'), web('Query.dogs', '2'), web('Order.AGE', '2'),
        web('Filter.owner', '4'),
      ],
    },
  ];

  const changes = (await diff(before, after)).filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  const usesOfDog = ['web 1: Query.dog', 'web 1: Query.dog(id:)', 'web 2: Query.dog', 'web 2: Query.dog(old:)'];
  assert.deepEqual(Object.fromEntries(changes.map((change) => [change.path, brokenClients(change, before, reports)])), {
    'Breed.POODLE': null,
    'Dog.name': ['web 1: Dog.name'],
    'Filter.more': ['web 3: Query.dogs(in:)'],
    'Filter.name': ['web 3: Query.dogs(in:)'],
    'Filter.old': ['web 3: Filter.old'],
    'Order.AGE': ['web 2: Order.AGE'],
    'Order.SIZE': [],
    'OwnerFilter.name': ['web 4: Filter.owner'],
    Pet: null,
    'Query.dog.limit': usesOfDog,
    'Query.dog.more': usesOfDog,
    'Query.dog.old': ['web 2: Query.dog(old:)'],
    'Query.unused': [],
  });
});

test('a breaking change is found', async () => {
  const changes = await diff(
    buildSchema('type Query { dog(id: ID!): String, name: String! }'),
    buildSchema('type Query { dog(id: ID!, more: Int!): String, name: String }'),
  );

  assert.deepEqual(
    changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking).map(({ path }) => path),
    ['Query.dog.more', 'Query.name'],
  );
});

test('the service has the schema of the files', async () => {
  const response = await fetch(new URL('graphql', process.env.SERVICE_URL ?? 'http://localhost:8080'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true }) }),
  });
  const { data } = await response.json();

  const changes = await diff(currentSchema(), buildClientSchema(data));

  // graphql-java adds a directive, and describes the two scalars differently. Introspection does not expose applied directives.
  const others = changes.filter(({ path, type }) => !/^(@|Date(Time)?\b)/.test(path) && !isUsage(type));
  assert.deepEqual(others.map(({ message }) => message), []);

  const document = await fetch(new URL('graphql/schema.graphql', process.env.SERVICE_URL ?? 'http://localhost:8080'));
  // Printed and parsed again: introspection has the values of `@deprecated` and `@specifiedBy`, not the directives.
  const introspected = buildSchema(printSchema(buildClientSchema(data)));
  const text = await document.text();
  const differences = await diff(buildSchema(text), introspected);
  assert.deepEqual(differences.filter(({ type }) => !isUsage(type)).map(({ message }) => message), []);
  const applied = ({ fields }) => fields.filter(({ directives }) => directives.some(({ name }) => name.value === 'semanticNonNull'));
  const mutation = parse(text).definitions.find(({ name }) => name?.value === 'Mutation');
  assert.equal(applied(mutation).length, mutation.fields.length);
});

/** Returns whether a change is one of an applied directive. */
const isUsage = (type) => type.startsWith('DIRECTIVE_USAGE');

function lint({ cwd, files }) {
  const eslint = new ESLint({
    cwd,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.graphqls'],
        languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: `${cwd}schema/*.graphqls` } } },
        plugins: { '@graphql-eslint': graphql },
        rules: {
          ...graphql.configs['flat/schema-recommended'].rules,
          // Payloads, connections and edges are not entities.
          '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { suffixes: ['Payload', 'Connection', 'Edge'] } }],
        },
      },
    ],
  });
  return eslint.lintFiles(files);
}
