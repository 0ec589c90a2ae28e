// Kennel's errors have codes; messages are for people.

import { CombinedGraphQLErrors } from '@apollo/client/errors';
import type { GraphQLFormattedError } from 'graphql';

/** The errors of an answer, of an exception, or of a WebSocket that was closed because of its token. */
export function errorsOf(error: unknown): readonly GraphQLFormattedError[] {
  if (CombinedGraphQLErrors.is(error)) {
    return error.errors;
  }
  if (Array.isArray(error)) {
    return error;
  }
  const { code, reason: message = '' } = (error ?? {}) as Partial<CloseEvent>;
  // 4401 was the code of earlier versions of the service.
  if (code === 4403 || code === 4401) {
    const reason = /^[A-Z_]+(?=:)/.exec(message)?.[0] ?? 'TOKEN_INVALID';
    return [{ message, extensions: { code: 'UNAUTHENTICATED', reason } }];
  }
  return [];
}

/** Tells whether an error, or one of those of an answer, has a code. */
export function hasCode(error: unknown, code: string): boolean {
  return errorsOf(error).some(({ extensions }) => extensions?.code === code);
}

/** Tells whether an error, or one of those of an answer, is UNAUTHENTICATED for one of some reasons. */
export function hasReason(error: unknown, ...reasons: string[]): boolean {
  return errorsOf(error).some(
    ({ extensions }) => extensions?.code === 'UNAUTHENTICATED' && reasons.includes(extensions.reason as string),
  );
}

/** Tells whether a new access token may help. It does not against a wrong password, nor once the session has ended. */
export function isRefreshable(error: unknown): boolean {
  return hasReason(error, 'TOKEN_MISSING', 'TOKEN_EXPIRED', 'TOKEN_INVALID');
}
