// The factory of an Apollo Client for Kennel.

import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { OperationTypeNode } from 'graphql';

import { createCache } from './cache.js';
import { Connection } from './connection.js';
import { authorize, failUnavailable, idempotencyKeys, refreshTokens, resume, retry, subscribeBy } from './links.js';
import { Session } from './session.js';
import type { TokenStorage } from './session.js';

export interface Options {
  /** The URL of the GraphQL endpoint, such as `https://kennel.example.com/graphql`. */
  url: string;
  /** Whether the service's session driver is `cookie`. Detected if omitted. */
  cookies?: boolean;
  /** `localStorage` keeps the session after a reload and shares it among tabs. If omitted, it ends with the page. */
  storage?: TokenStorage;
  /** Whether queries are sent as hashes by GET, so that HTTP caches can serve them (automatic persisted queries). */
  persistedQueries?: boolean;
  /** Enables Apollo's data masking: a component reads the fields of its own fragments only. */
  dataMasking?: boolean;
  fetch?: typeof globalThis.fetch;
  /** The WebSocket implementation, for Node.js before 22: the `WebSocket` of `ws`. */
  webSocket?: unknown;
}

/** Creates an Apollo Client and the session that authenticates its operations. */
export function createKennel({
  url,
  cookies = false,
  storage,
  persistedQueries = false,
  dataMasking = false,
  fetch = globalThis.fetch,
  webSocket,
}: Options) {
  const session = new Session({ url, cookies, fetch, storage });
  const connection = new Connection({ url, session, webSocket });
  const client = new ApolloClient({
    dataMasking,
    cache: createCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      ApolloLink.from([resume(session, connection), subscribeBy(connection)]),
      ApolloLink.from([
        idempotencyKeys,
        refreshTokens(session),
        retry,
        authorize(session),
        failUnavailable,
        ...(persistedQueries ? [new PersistedQueryLink({ sha256, useGETForHashedQueries: true })] : []),
        new HttpLink({
          uri: url,
          fetch,
          // CSRF protection: with cookies, a GET needs a header that triggers a CORS preflight.
          headers: persistedQueries ? { 'Apollo-Require-Preflight': 'true' } : {},
        }),
      ]),
    ),
  });
  // The cache has the data of one account.
  session.addEventListener('ended', () => void client.clearStore());
  const close = () => {
    client.stop();
    return connection.dispose();
  };
  return { client, session, connection, close };
}

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
