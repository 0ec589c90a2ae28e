// The schema as it is in `schema/`, and as it was released.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const RELEASED = new URL('released.graphql', import.meta.url);

/** The schema of the files in `schema/`, as `buildSchema` of a version of graphql makes it. */
export function currentSchema(build = buildSchema) {
  const names = readdirSync(`${ROOT}schema`).filter((name) => name.endsWith('.graphqls'));
  return build(names.map((name) => readFileSync(`${ROOT}schema/${name}`, 'utf8')).join('\n'));
}

/** The schema that clients rely on. */
export function releasedSchema() {
  return buildSchema(readFileSync(RELEASED, 'utf8'));
}

// As a program, it makes the current schema the released one.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(RELEASED, `${printSchema(lexicographicSortSchema(currentSchema()))}\n`);
  writeFileSync(new URL('breaking.json', import.meta.url), '[]\n');
}
