import { useApolloClient } from '@apollo/client/react';
import { hasCode, placeInLists, remove } from '@kennel/apollo';
import { useEffect } from 'react';

import { graphql } from '../gql/index.ts';

const CHANGES = graphql(`
  subscription Changes($after: String) {
    myChanges(after: $after) {
      cursor
      kind
      nodeId
      node {
        id
        ...OwnerRow_owner
        ...DogRow_dog
        ... on Dog {
          owner {
            id
          }
        }
      }
    }
  }
`);

/**
 * Puts every change of the account's owners and dogs into the cache, wherever it was made: the pages that show them
 * follow. The link `resume` of the client goes on after the last change when a connection ends; if that is too long ago,
 * everything that is shown is loaded anew, with a new cursor.
 */
export function useChanges(after: string | undefined) {
  const client = useApolloClient();
  useEffect(() => {
    if (after === undefined) {
      return undefined;
    }
    const subscription = client.subscribe({ query: CHANGES, variables: { after } }).subscribe({
      next({ data, error }) {
        if (hasCode(error, 'CURSOR_EXPIRED') || hasCode(error, 'BAD_USER_INPUT')) {
          void client.resetStore();
        }
        if (data) {
          const { kind, nodeId, node } = data.myChanges;
          if (kind === 'DELETED' || !node) {
            remove(client.cache, nodeId.startsWith('own_') ? 'Owner' : 'Dog', [nodeId]);
          } else {
            placeInLists(client.cache, node, kind);
          }
        }
      },
      error() {
        // The session has ended: the pages find out by themselves.
      },
    });
    return () => subscription.unsubscribe();
  }, [client, after]);
}
