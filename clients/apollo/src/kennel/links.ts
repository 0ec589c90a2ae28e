// The Apollo links of a Kennel client, in addition to Apollo's own.

import { ApolloLink, Observable } from '@apollo/client';
import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { getMainDefinition, print } from '@apollo/client/utilities';
import { Kind, OperationTypeNode } from 'graphql';
import { map } from 'rxjs';

import type { Connection } from './connection.js';
import { errorsOf, hasCode, hasReason, isRefreshable } from './errors.js';
import type { Session } from './session.js';

// #region session
/** Adds the session's token to each operation. */
export function authorize(session: Session): ApolloLink {
  return new SetContextLink(({ headers }) => ({
    generation: session.generation,
    headers: { ...headers, ...session.headers() },
  }));
}

/**
 * Resends an operation once with a new access token if its token has expired. Concurrent operations share one refresh.
 * If the session has ended, its tokens are discarded. This link precedes `authorize`.
 */
export function refreshTokens(session: Session): ApolloLink {
  return new ErrorLink(({ error, result, operation, forward }) => {
    const { generation, refreshed } = operation.getContext();
    if (hasReason(error, 'SESSION_ENDED')) {
      session.end(generation);
      return undefined;
    }
    if (refreshed || !isRefreshable(error)) {
      return undefined;
    }
    operation.setContext({ refreshed: true });
    return new Observable((observer) => {
      session.refresh(generation, error).then(
        () => forward(operation).subscribe(observer),
        () => {
          // Without a new token, the first result is final.
          if (result) {
            observer.next(result);
            observer.complete();
          } else {
            observer.error(error);
          }
        },
      );
    });
  });
}
// #endregion

// #region retry
/** The mutations that support idempotency keys. */
const IDEMPOTENT = ['createOwner', 'updateOwner', 'deleteOwner', 'createDog', 'updateDog', 'deleteDog'];

/**
 * Adds an idempotency key to each mutation, so that retries are executed once. This link precedes `retry`, so that all
 * attempts have the same key.
 */
export const idempotencyKeys = new ApolloLink((operation, forward) => {
  if (operation.operationType === OperationTypeNode.MUTATION) {
    operation.setContext(({ headers }) => ({ headers: { 'Idempotency-Key': crypto.randomUUID(), ...headers } }));
  }
  return forward(operation);
});

/** Retries queries and idempotent mutations: at most five attempts in all. */
export const retry = new RetryLink({
  delay: { initial: 300, max: 10_000, jitter: true },
  attempts: { max: 5, retryIf: (error, operation) => isRetryable(operation) && isTransient(error) },
});

/** Throws an UNAVAILABLE result as an error, so that `retry`, which precedes this link, retries it. */
export const failUnavailable = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      if (hasCode(result.errors, 'UNAVAILABLE') && isRetryable(operation)) {
        throw new CombinedGraphQLErrors(result);
      }
      return result;
    }),
  ),
);

function isRetryable({ operationType, query }: ApolloLink.Operation): boolean {
  const fields = getMainDefinition(query).selectionSet.selections;
  return (
    operationType === OperationTypeNode.QUERY ||
    fields.every((field) => field.kind === Kind.FIELD && IDEMPOTENT.includes(field.name.value))
  );
}

/** Returns whether an error is transient: the network, a proxy or the database has failed. */
function isTransient(error: Error): boolean {
  return (
    error instanceof TypeError || hasCode(error, 'UNAVAILABLE') || (ServerError.is(error) && error.statusCode >= 500)
  );
}
// #endregion

// #region resume
/** Sends subscriptions over a WebSocket. Apollo's GraphQLWsLink does not report the close code. */
export function subscribeBy(connection: Connection): ApolloLink {
  return new ApolloLink(
    ({ query, variables, operationName }) =>
      new Observable((observer) =>
        connection.subscribe(
          { query: print(query), variables, ...(operationName ? { operationName } : {}) },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
}

/**
 * Resumes the change feed. When the subscription ends, for any reason, subscribes again with the cursor of the last
 * change received, so that no change is lost or repeated. Waits with exponential backoff and jitter, at most until the
 * browser fires `online`. This link precedes `subscribeBy`, whose client has `retryAttempts: 0`, because graphql-ws
 * would retry with the first cursor.
 */
export function resume(session: Session, connection: Connection): ApolloLink {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        let closed = false;
        let failures = 0;
        let timer: ReturnType<typeof setTimeout> | undefined;
        let subscription: { unsubscribe(): void } | undefined;

        const connect = () => {
          clearTimeout(timer);
          timer = undefined;
          const onEnd = (failure?: unknown) => void reconnect(failure);
          subscription = forward(operation).subscribe({
            next(result) {
              if (result.errors) {
                subscription?.unsubscribe();
                onEnd(result.errors);
                return;
              }
              failures = 0;
              operation.variables = { ...operation.variables, after: result.data?.myChanges?.cursor };
              observer.next(result);
            },
            error: onEnd,
            complete: onEnd,
          });
        };

        const reconnect = async (failure: unknown) => {
          if (hasCode(failure, 'CURSOR_EXPIRED') || hasCode(failure, 'BAD_USER_INPUT')) {
            // The app has to load all data again.
            observer.error(new CombinedGraphQLErrors({ errors: errorsOf(failure) }));
            return;
          }
          if (hasReason(failure, 'SESSION_ENDED')) {
            session.end(connection.generation);
            observer.error(new CombinedGraphQLErrors({ errors: errorsOf(failure) }));
            return;
          }
          if (isRefreshable(failure)) {
            try {
              await session.refresh(connection.generation, failure);
            } catch (error) {
              if (!(error instanceof TypeError)) {
                observer.error(error); // The refresh was refused.
                return;
              }
            }
          }
          if (!closed) {
            connection.setState('waiting');
            timer = setTimeout(connect, Math.min(30_000, 2 ** failures * 100) * Math.random());
            failures += 1;
          }
        };

        const reconnectNow = () => {
          if (timer !== undefined) {
            connect();
          }
        };

        connect();
        globalThis.addEventListener?.('online', reconnectNow);
        return () => {
          closed = true;
          clearTimeout(timer);
          globalThis.removeEventListener?.('online', reconnectNow);
          subscription?.unsubscribe();
        };
      }),
  );
}
// #endregion
