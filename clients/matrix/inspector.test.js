// graphql-inspector: https://the-guild.dev/graphql/inspector/docs/essentials/diff

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { diff } from '@graphql-inspector/core';
import { buildClientSchema, buildSchema, getIntrospectionQuery, printSchema } from 'graphql';

import { ENDPOINT } from './job.js';

test('graphql-inspector finds no change between the schema document and the introspected schema', async () => {
  const document = await fetch(`${ENDPOINT}/schema.graphql`);
  const introspection = await fetch(ENDPOINT, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true }) }),
  });

  // Printed and parsed again: introspection has the values of `@deprecated` and `@specifiedBy`, not the directives.
  const introspected = buildSchema(printSchema(buildClientSchema((await introspection.json()).data)));
  const changes = await diff(buildSchema(await document.text()), introspected);

  // Introspection does not expose other applied directives.
  const invisible = ({ type, path }) =>
    type === 'DIRECTIVE_USAGE_FIELD_DEFINITION_REMOVED' && path.endsWith('.@semanticNonNull');
  assert.deepEqual(changes.filter((change) => !invisible(change)).map(({ type, path }) => `${type} ${path}`), []);
});
