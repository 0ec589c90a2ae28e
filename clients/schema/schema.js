// The current schema in `schema/`, and the released schema.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const RELEASED = new URL('released.graphql', import.meta.url);

/** Builds the schema of the files in `schema/` with the `buildSchema` of a version of graphql. */
export function currentSchema(build = buildSchema) {
  const names = readdirSync(`${ROOT}schema`).filter((name) => name.endsWith('.graphqls'));
  return build(names.map((name) => readFileSync(`${ROOT}schema/${name}`, 'utf8')).join('\n'));
}

/** The released schema, which must stay compatible with clients. */
export function releasedSchema() {
  return buildSchema(readFileSync(RELEASED, 'utf8'));
}

// Run as a program: releases the current schema.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(RELEASED, `${printSchema(lexicographicSortSchema(currentSchema()))}\n`);
  writeFileSync(new URL('breaking.json', import.meta.url), '[]\n');
}
