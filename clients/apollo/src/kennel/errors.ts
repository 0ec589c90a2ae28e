// Kennel's errors have codes; messages are for people.

import { CombinedGraphQLErrors } from '@apollo/client/errors';

/** Tells whether an error, or one of those of an answer, has a code. */
export function hasCode(error: unknown, code: string): boolean {
  const errors = CombinedGraphQLErrors.is(error) ? error.errors : Array.isArray(error) ? error : [];
  return errors.some(({ extensions }) => extensions?.code === code);
}
