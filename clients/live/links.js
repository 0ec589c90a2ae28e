// What an Apollo Client needs beside its own links.

import { ApolloLink, Observable } from '@apollo/client';
import { OperationTypeNode } from 'graphql';

/**
 * Names each mutation by a key, so that sending it again does not do it again. It stands before the RetryLink: all the
 * attempts of a mutation have the same key.
 */
export const idempotencyLink = new ApolloLink((operation, forward) => {
  if (operation.operationType === OperationTypeNode.MUTATION) {
    operation.setContext(({ headers }) => ({ headers: { 'Idempotency-Key': crypto.randomUUID(), ...headers } }));
  }
  return forward(operation);
});

/**
 * Resumes the change feed when its connection ends. It stands before a GraphQLWsLink whose client has retryAttempts: 0.
 *
 * @param {() => Promise<void>} unauthorized gets a new access token
 */
export function resumingLink(unauthorized) {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        let subscription;
        let timer;
        let failures = 0;
        let closed = false;
        const connect = () => {
          if (closed) {
            return;
          }
          subscription = forward(operation).subscribe({
            next(result) {
              const cursor = result.data?.myChanges?.cursor;
              if (cursor) {
                failures = 0;
                operation.variables = { ...operation.variables, after: cursor };
              }
              observer.next(result);
            },
            error: resume,
            complete: resume,
          });
        };
        const resume = async (failure) => {
          const codes = failure?.errors?.map((error) => error.extensions?.code) ?? [];
          if (codes.includes('CURSOR_EXPIRED') || codes.includes('BAD_USER_INPUT')) {
            observer.error(failure); // Load everything anew.
            return;
          }
          if (failure?.code === 4401 || failure?.cause?.code === 4401) {
            await unauthorized();
          }
          timer = setTimeout(connect, Math.min(30_000, 2 ** failures * 100) * Math.random());
          failures += 1;
        };
        connect();
        return () => {
          closed = true;
          clearTimeout(timer);
          subscription.unsubscribe();
        };
      }),
  );
}
