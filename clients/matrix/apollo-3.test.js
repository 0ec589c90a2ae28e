// Apollo Client 3, with the links of its documentation:
// https://www.apollographql.com/docs/react/v3/data/error-handling and …/data/subscriptions

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApolloClient, ApolloLink, fromPromise, gql, HttpLink, InMemoryCache, split } from 'apollo-client-3/core/index.js';
import { setContext } from 'apollo-client-3/link/context/index.js';
import { onError } from 'apollo-client-3/link/error/index.js';
import { GraphQLWsLink } from 'apollo-client-3/link/subscriptions/index.js';
import { getMainDefinition, relayStylePagination } from 'apollo-client-3/utilities/index.js';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

import { documents, ENDPOINT, followChanges, mainJob, newAccount, Session, socketUrl } from './job.js';

function clientOf(session) {
  const client = new ApolloClient({
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { myDogs: relayStylePagination(['filter', 'orderBy']) } } } }),
    link: ApolloLink.from([
      onError(({ graphQLErrors, operation, forward }) =>
        graphQLErrors?.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')
          ? fromPromise(session.refresh()).flatMap(() => forward(operation))
          : undefined,
      ),
      setContext((_, { headers }) => ({ headers: { ...headers, ...session.headers() } })),
      split(
        ({ query }) => getMainDefinition(query).operation === 'subscription',
        new GraphQLWsLink(
          createSocketClient({ url: socketUrl(session.url), webSocketImpl: WebSocket, connectionParams: session.headers }),
        ),
        new HttpLink({ uri: session.url }),
      ),
    ]),
  });
  return {
    session,
    async execute(name, variables) {
      const document = gql(documents[name]);
      // `cache-first` would return the cached list, which lacks the next page.
      const fetchPolicy = variables.after ? 'network-only' : 'cache-first';
      const { data } = await (getMainDefinition(document).operation === 'mutation'
        ? client.mutate({ mutation: document, variables })
        : client.query({ query: document, variables, fetchPolicy }));
      return data;
    },
    subscribe(name, variables, sink) {
      const subscription = client.subscribe({ query: gql(documents[name]), variables }).subscribe(sink);
      return () => subscription.unsubscribe();
    },
    errorsOf: ({ graphQLErrors, networkError }) => (graphQLErrors.length ? graphQLErrors : networkError.result.errors),
  };
}

test('Apollo Client 3 does the main job, and follows changes', async () => {
  const client = clientOf(new Session());
  await mainJob({ ...client, pages: [['Bello', 'Fifi'], ['Bello', 'Fifi', 'Rex']] });
  await followChanges(client);
});

test('Apollo Client 3 refreshes an expired token, and sends the operation again', async () => {
  const { session, execute } = clientOf(new Session());
  session.take((await execute('SignUp', { input: newAccount() })).signup);
  session.expire();
  assert.equal((await execute('Dogs', {})).myDogs.totalCount, 0);
  assert.equal(session.refreshes, 1);
});
