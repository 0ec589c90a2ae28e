import { errorsOf, retryAfterOf, violationsOf } from '@kennel/apollo';

/** An error, in the form in which the app shows and handles it. */
export interface Failure {
  code: string;
  message: string;
  /** The messages of the violations, by the path of their input, such as `input.dogs.0.name`. */
  violations: Record<string, string>;
  /** Whether a retry of the same operation may succeed. */
  isTransient: boolean;
  /** The earliest time of a retry, in milliseconds since the epoch; undefined if a retry is allowed at once. */
  notBefore?: number;
}

/** User-facing texts that replace Kennel's messages for developers, by error code. */
const MESSAGES: Record<string, string> = {
  NOT_FOUND: 'This is not there any more: it may have been removed on another device.',
  RATE_LIMITED: 'Too many requests.',
  TIMEOUT: 'This has taken too long.',
  UNAVAILABLE: 'Kennel is not available at the moment.',
  PERSISTED_QUERY_REQUIRED: 'This page is older than the service. Reload it.',
  PERSISTED_QUERY_NOT_FOUND: 'This page is older than the service. Reload it.',
  OPERATION_TOO_COMPLEX: 'This is more than can be loaded at once.',
  IDEMPOTENCY_KEY_REUSED: 'This was sent before, with something else in it. Try again.',
};

const TRANSIENT = ['UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR', 'UNREACHABLE'];

/** Maps an error of Apollo Client to a failure: a GraphQL error of Kennel, or a network error (`UNREACHABLE`). */
export function explain(error: unknown): Failure {
  const [first] = errorsOf(error);
  const code = (first?.extensions?.code as string | undefined) ?? 'UNREACHABLE';
  const retryAfter = retryAfterOf(error);
  const violations = Object.fromEntries(violationsOf(error).map(({ path, message }) => [path.join('.'), message]));
  return {
    code,
    message: first === undefined ? "Kennel can't be reached." : messageOf(code, first.message, first.extensions ?? {}),
    violations,
    isTransient: TRANSIENT.includes(code),
    ...(retryAfter === undefined ? {} : { notBefore: Date.now() + retryAfter * 1000 }),
  };
}

function messageOf(code: string, message: string, { reason, quota, max, requestId }: Record<string, unknown>): string {
  switch (code) {
    case 'QUOTA_EXCEEDED':
      return `An account may have ${Number(max).toLocaleString()} ${String(quota)}. Remove some first.`;
    case 'INTERNAL_SERVER_ERROR':
      return `Something has gone wrong in Kennel (request ${String(requestId)}).`;
    case 'UNAUTHENTICATED':
      return reason === 'INVALID_CREDENTIALS' ? 'The name or the password is wrong.' : 'You have been logged out.';
    default:
      return MESSAGES[code] ?? message;
  }
}
