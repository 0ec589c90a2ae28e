// Kennel's errors have codes; messages are for people.

import { CombinedGraphQLErrors } from '@apollo/client/errors';
import type { GraphQLFormattedError } from 'graphql';

/** The codes with which a WebSocket is closed because of its token: 4401 is that of earlier versions. */
const TOKEN_REFUSED = [4403, 4401];

/** A fault of the input: its path begins with the argument's name, as in `['input', 'dogs', '0', 'name']`. */
export interface Violation {
  path: string[];
  code: string;
  message: string;
}

/** The errors of a result, of an exception, or of a WebSocket that was closed because of its token. */
export function errorsOf(error: unknown): readonly GraphQLFormattedError[] {
  if (CombinedGraphQLErrors.is(error)) {
    return error.errors;
  }
  if (Array.isArray(error)) {
    return error;
  }
  const { code, reason: message = '' } = (error ?? {}) as Partial<CloseEvent>;
  if (typeof code === 'number' && TOKEN_REFUSED.includes(code)) {
    const reason = /^[A-Z_]+(?=:)/.exec(message)?.[0] ?? 'TOKEN_INVALID';
    return [{ message, extensions: { code: 'UNAUTHENTICATED', reason } }];
  }
  return [];
}

/** Returns whether an error, or one of those of a result, has a code. */
export function hasCode(error: unknown, code: string): boolean {
  return errorsOf(error).some(({ extensions }) => extensions?.code === code);
}

/** Returns whether an error, or one of those of a result, is UNAUTHENTICATED or FORBIDDEN for one of some reasons. */
export function hasReason(error: unknown, ...reasons: string[]): boolean {
  return errorsOf(error).some(({ extensions }) => reasons.includes(extensions?.reason as string));
}

/** Returns whether a new access token may help: not after a wrong password, nor once the session has ended. */
export function isRefreshable(error: unknown): boolean {
  return hasReason(error, 'TOKEN_MISSING', 'TOKEN_EXPIRED', 'TOKEN_INVALID');
}

/** The faults of the input that an error names, of BAD_USER_INPUT and CONFLICT; none for any other error. */
export function violationsOf(error: unknown): Violation[] {
  return errorsOf(error).flatMap(({ extensions }) => (extensions?.violations as Violation[] | undefined) ?? []);
}

/** The seconds to wait after RATE_LIMITED; undefined for any other error. */
export function retryAfterOf(error: unknown): number | undefined {
  return errorsOf(error)
    .filter(({ extensions }) => extensions?.code === 'RATE_LIMITED')
    .map(({ extensions }) => extensions?.retryAfter as number)[0];
}
