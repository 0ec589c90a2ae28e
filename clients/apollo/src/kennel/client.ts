// An Apollo Client of Kennel.

import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { OperationTypeNode } from 'graphql';

import { createCache } from './cache.js';
import { Connection } from './connection.js';
import { authorize, failUnavailable, idempotencyKeys, refreshTokens, resume, retry, subscribeBy } from './links.js';
import { Session } from './session.js';
import type { TokenStorage } from './session.js';

export interface Options {
  /** Where Kennel is, as `https://kennel.example.com/graphql`. */
  url: string;
  /** Whether the service's driver is `cookie`. Left out, that is found out. */
  cookies?: boolean;
  /** Keeps the session beyond a reload, and the same in all tabs: `localStorage`. Without, it ends with the page. */
  storage?: TokenStorage;
  /** Whether queries are sent as hashes, by GET, so that caches on the way can serve them. */
  persistedQueries?: boolean;
  /** Whether a component sees the fields of its own fragments only. */
  dataMasking?: boolean;
  fetch?: typeof globalThis.fetch;
  /** For Node.js before 22, where there is none: the one of `ws`. */
  webSocket?: unknown;
}

/** Makes a client, and the session that its operations are sent with. */
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
          // With cookies, a GET needs a header that no other site can make a browser send.
          headers: persistedQueries ? { 'Apollo-Require-Preflight': 'true' } : {},
        }),
      ]),
    ),
  });
  // Another account sees other data.
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
