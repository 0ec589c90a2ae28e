import { ApolloClient, ApolloLink, fromPromise, HttpLink, InMemoryCache, split } from '@apollo/client/core';
import { setContext } from '@apollo/client/link/context';
import { onError } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';

import { isRefreshable } from './session.ts';
import type { Session } from './session.ts';
import { createSocket } from './socket.ts';

export function createApollo(url: string, session: Session) {
  const list = relayStylePagination(['filter', 'orderBy']);
  return new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes: { Node: ['User', 'Session', 'Owner', 'Dog'] },
      typePolicies: { Query: { fields: { myOwners: list, myDogs: list } } },
    }),
    link: split(
      ({ query }) => {
        const definition = getMainDefinition(query);
        return definition.kind === 'OperationDefinition' && definition.operation === 'subscription';
      },
      new GraphQLWsLink(createSocket(url, session)),
      ApolloLink.from([
        onError(({ graphQLErrors, operation, forward }) =>
          isRefreshable(graphQLErrors) ? fromPromise(session.refresh()).flatMap(() => forward(operation)) : undefined,
        ),
        setContext((_, { headers }) => ({ headers: { ...headers, ...session.headers() } })),
        new HttpLink({ uri: url }),
      ]),
    ),
  });
}
