// The reference implementation as an oracle: graphql 17 executes both formats of incremental delivery, on the data that the
// service returns without the directives.

import {
  buildSchema,
  experimentalExecuteIncrementally,
  GraphQLError,
  Kind,
  legacyExecuteIncrementally,
  parse,
  print,
  visit,
} from 'graphql-17';

import { currentSchema } from '../schema/schema.js';

const schema = currentSchema(buildSchema);

const TYPENAME = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** The operation without directives, and with the types of all objects. */
export function wholeOperation(document) {
  return print(
    visit(parse(document), {
      Directive: ({ name }) => (['defer', 'stream'].includes(name.value) ? null : undefined),
      SelectionSet: ({ selections }) => ({ kind: Kind.SELECTION_SET, selections: [TYPENAME, ...selections] }),
    }),
  );
}

/**
 * Executes an operation.
 *
 * @param {string} document with `@defer` and `@stream`
 * @param {object} variables
 * @param {object} whole the result of `wholeOperation`
 * @param {'current' | 'older'} format
 * @returns {Promise<object[]>} the payloads
 */
export async function execute(document, variables, whole, format) {
  const failed = new Map((whole.errors ?? []).map((error) => [JSON.stringify(error.path), error]));
  const run = format === 'current' ? experimentalExecuteIncrementally : legacyExecuteIncrementally;
  const result = await run({
    schema,
    document: parse(document),
    variableValues: variables,
    rootValue: whole.data,
    fieldResolver(source, _, __, { path }) {
      const segments = [];
      for (let segment = path; segment; segment = segment.prev) {
        segments.unshift(segment.key);
      }
      const error = failed.get(JSON.stringify(segments));
      if (error) {
        throw new GraphQLError(error.message);
      }
      return source[path.key];
    },
    typeResolver: ({ __typename }) => __typename,
  });
  if (!('initialResult' in result)) {
    return [JSON.parse(JSON.stringify(result))];
  }
  const payloads = [result.initialResult];
  for await (const payload of result.subsequentResults) {
    payloads.push(payload);
  }
  return JSON.parse(JSON.stringify(payloads));
}
