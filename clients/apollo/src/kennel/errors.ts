// The codes and other extensions of Kennel's errors. Code must not depend on messages.

import { CombinedGraphQLErrors } from '@apollo/client/errors';
import type { GraphQLFormattedError } from 'graphql';

/** The close codes of a WebSocket whose token was refused. Earlier versions of Kennel sent 4401. */
const TOKEN_REFUSED = [4403, 4401];

/** A violation of an input constraint. The path begins with the argument's name: `['input', 'dogs', '0', 'name']`. */
export interface Violation {
  path: string[];
  code: string;
  message: string;
}

/** Returns the errors of a result, an exception, or the close event of a WebSocket whose token was refused. */
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

/** Returns whether an error, or any error of a result, has a code. */
export function hasCode(error: unknown, code: string): boolean {
  return errorsOf(error).some(({ extensions }) => extensions?.code === code);
}

/** Returns whether an error, or any error of a result, has one of the reasons of UNAUTHENTICATED or FORBIDDEN. */
export function hasReason(error: unknown, ...reasons: string[]): boolean {
  return errorsOf(error).some(({ extensions }) => reasons.includes(extensions?.reason as string));
}

/** Returns whether a refresh may help: not after a wrong password, nor after the end of the session. */
export function isRefreshable(error: unknown): boolean {
  return hasReason(error, 'TOKEN_MISSING', 'TOKEN_EXPIRED', 'TOKEN_INVALID');
}

/** Returns the violations of BAD_USER_INPUT and CONFLICT errors; empty for any other error. */
export function violationsOf(error: unknown): Violation[] {
  return errorsOf(error).flatMap(({ extensions }) => (extensions?.violations as Violation[] | undefined) ?? []);
}

/** Returns the seconds to wait after RATE_LIMITED; undefined for any other error. */
export function retryAfterOf(error: unknown): number | undefined {
  return errorsOf(error)
    .filter(({ extensions }) => extensions?.code === 'RATE_LIMITED')
    .map(({ extensions }) => extensions?.retryAfter as number)[0];
}
