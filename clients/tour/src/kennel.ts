import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import type { TypedDocumentNode } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { createClient } from 'graphql-ws';
import { from, switchMap } from 'rxjs';

// #region client
const REFRESH = gql`mutation ($input: RefreshSessionInput) { session: refreshSession(input: $input) { accessToken refreshToken } }`;

let tokens = { accessToken: '', refreshToken: '' };
const headers = (): Record<string, string> => (tokens.accessToken ? { authorization: `Bearer ${tokens.accessToken}` } : {});

/** Executes a mutation that returns tokens as `session`, and keeps the tokens. */
export async function open(mutation: TypedDocumentNode<{ session: typeof tokens }>, input: object) {
  const { data } = await client.mutate({ mutation, variables: { input } });
  tokens = data!.session;
}

/** The access token expires after five minutes: this link refreshes the session, and resends the operation. */
const refresh = new ErrorLink(({ error, operation, forward }) => {
  if (CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.reason === 'TOKEN_EXPIRED')) {
    const renewed = open(REFRESH, { refreshToken: tokens.refreshToken });
    return from(renewed).pipe(switchMap(() => forward(operation)));
  }
  return undefined;
});
const authorize = new SetContextLink((context) => ({ headers: { ...context.headers, ...headers() } }));

export const client = new ApolloClient({
  cache: new InMemoryCache({ typePolicies: { Query: { fields: { myOwners: relayStylePagination() } } } }),
  link: ApolloLink.split(
    ({ operationType }) => operationType === 'subscription',
    new GraphQLWsLink(createClient({ url: `${location.origin}/graphql`.replace('http', 'ws'), connectionParams: headers })),
    ApolloLink.from([refresh, authorize, new HttpLink({ uri: '/graphql' })]),
  ),
});
// #endregion
