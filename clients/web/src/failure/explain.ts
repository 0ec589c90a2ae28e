import { errorsOf, retryAfterOf, violationsOf } from '@kennel/apollo';

/** What a person is told about an error, and what the app does about it. */
export interface Failure {
  code: string;
  message: string;
  /** The messages for the inputs, by path: `input.dogs.0.name`. */
  violations: Record<string, string>;
  /** Whether sending the same again may help. */
  isPassing: boolean;
  /** When it may be sent again, as `Date.now()` counts; undefined if at once. */
  notBefore?: number;
}

/** What people read instead of a message that is for developers. */
const MESSAGES: Record<string, string> = {
  NOT_FOUND: 'This is not there any more: it may have been removed on another device.',
  RATE_LIMITED: 'That was too much at once.',
  TIMEOUT: 'This has taken too long.',
  UNAVAILABLE: 'Kennel is not available at the moment.',
  PERSISTED_QUERY_REQUIRED: 'This page is older than the service. Reload it.',
  PERSISTED_QUERY_NOT_FOUND: 'This page is older than the service. Reload it.',
  OPERATION_TOO_COMPLEX: 'This is more than can be loaded at once.',
  IDEMPOTENCY_KEY_REUSED: 'This was sent before, with something else in it. Try again.',
};

const PASSING = ['UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR', 'UNREACHABLE'];

/** Explains an error of Kennel, or of the way to it. */
export function explain(error: unknown): Failure {
  const [first] = errorsOf(error);
  const code = (first?.extensions?.code as string | undefined) ?? 'UNREACHABLE';
  const retryAfter = retryAfterOf(error);
  const violations = Object.fromEntries(violationsOf(error).map(({ path, message }) => [path.join('.'), message]));
  return {
    code,
    message: first === undefined ? "Kennel can't be reached." : messageOf(code, first.message, first.extensions ?? {}),
    violations,
    isPassing: PASSING.includes(code),
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
