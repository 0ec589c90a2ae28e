// The rules of the schema, and its compatibility with the released one.
//
// SERVICE_URL says where Kennel is (http://localhost:8080). USAGE has files with reports of /actuator/graphqlusage, separated by
// commas: then a breaking change may break no client that they name.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import graphql from '@graphql-eslint/eslint-plugin';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { ESLint } from 'eslint';
import { buildClientSchema, buildSchema, getIntrospectionQuery, parse, printSchema } from 'graphql';

import { currentSchema, releasedSchema, ROOT } from './schema.js';
import { brokenClients } from './usage.js';

/** What the rules are not for, and why. */
const EXEMPT = {
  // It is the word that people know; `name` would be what they are called.
  'schema/account.graphqls no-typename-prefix': 'Field "username" starts with the name of the parent type "User"',
  // It is a part of each connection, and as Relay has it.
  'schema/paging.graphqls strict-id-in-types': 'type "PageInfo"',
  // It is a number, and not an object that can be found again.
  'schema/dog.graphqls strict-id-in-types': 'type "BreedCount"',
  // There is one of each account, whose id it has.
  'schema/factor.graphqls strict-id-in-types': 'type "SecondFactor"',
  // It has a token, and is not an object that can be found again.
  'schema/session.graphqls strict-id-in-types': 'type "LoginChallenge"',
  // It is the payload of a subscription, and not an object that can be found again.
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
  const before = buildSchema(`type Query { dog(id: ID!, old: Int): Dog, dogs(in: Filter): [Dog], unused: Int }
    type Dog { name: String, breed: Breed } enum Breed { PUG POODLE } input Filter { name: String }`);
  const after = buildSchema(`type Query { dog(id: ID!, more: Int!): Dog, dogs(in: Filter): [Dog] }
    type Dog { breed: Breed } enum Breed { PUG } input Filter { name: String, more: Int! }`);
  const web = (coordinate, version) => ({ coordinate, clients: [{ name: 'web', version }] });
  const reports = [
    { coordinates: [web('Query.dog', '1'), web('Query.dog(id:)', '1'), web('Dog.name', '1'), web('Filter.name', '2')] },
    { coordinates: [web('Query.dog', '2'), web('Query.dog(old:)', '2'), web('Dog.name', '1'), web('Query.dogs', '2')] },
  ];

  const changes = (await diff(before, after)).filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  assert.deepEqual(Object.fromEntries(changes.map((change) => [change.path, brokenClients(change, before, reports)])), {
    'Breed.POODLE': null,
    'Dog.name': ['web 1: Dog.name'],
    'Filter.more': ['web 2: Filter.name'],
    'Query.dog.more': ['web 1: Query.dog', 'web 1: Query.dog(id:)', 'web 2: Query.dog', 'web 2: Query.dog(old:)'],
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

  // The engine has a directive of its own, and its own words for the two scalars; introspection has no directive that is applied.
  const others = changes.filter(({ path, type }) => !/^(@|Date(Time)?\b)/.test(path) && !isUsage(type));
  assert.deepEqual(others.map(({ message }) => message), []);

  const document = await fetch(new URL('graphql/schema.graphql', process.env.SERVICE_URL ?? 'http://localhost:8080'));
  // Printed, as introspection has no `@deprecated` and `@specifiedBy` but what they say.
  const introspected = buildSchema(printSchema(buildClientSchema(data)));
  const text = await document.text();
  const differences = await diff(buildSchema(text), introspected);
  assert.deepEqual(differences.filter(({ type }) => !isUsage(type)).map(({ message }) => message), []);
  const applied = ({ fields }) => fields.filter(({ directives }) => directives.some(({ name }) => name.value === 'semanticNonNull'));
  const mutation = parse(text).definitions.find(({ name }) => name?.value === 'Mutation');
  assert.equal(applied(mutation).length, mutation.fields.length);
});

/** Whether a change is one of a directive that is applied to something. */
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
          // Payloads, connections and edges are not objects that can be found again.
          '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { suffixes: ['Payload', 'Connection', 'Edge'] } }],
        },
      },
    ],
  });
  return eslint.lintFiles(files);
}
