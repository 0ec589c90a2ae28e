import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

import { isRefreshable } from './session.ts';
import type { Session } from './session.ts';
import { createSocket } from './socket.ts';

export function createUrql(url: string, session: Session) {
  const socket = createSocket(url, session);
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ resolvers: { Query: { myOwners: relayPagination(), myDogs: relayPagination() } } }),
      authExchange(async (utils) => ({
        addAuthToOperation: (operation) => utils.appendHeaders(operation, session.headers()),
        didAuthError: ({ graphQLErrors }) => isRefreshable(graphQLErrors),
        refreshAuth: () => session.refresh(),
      })),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables = {} }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: { ...variables } }, sink) }),
        }),
      }),
    ],
  });
}
