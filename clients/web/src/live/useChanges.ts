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
 * Subscribes to the account's change feed, and applies the changes of owners and dogs, from any device, to the cache. The
 * pages that show them are re-rendered. After a reconnect, the client's `resume` link continues after the last change. If
 * that cursor has expired, the store is reset, which refetches all active queries, with a new cursor.
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
        // The session has ended. SignedIn redirects to the log-in.
      },
    });
    return () => subscription.unsubscribe();
  }, [client, after]);
}
