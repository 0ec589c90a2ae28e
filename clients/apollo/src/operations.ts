// The operations of the package's tests.

import { graphql } from './gql/index.js';

// #region list
export const OWNERS = graphql(`
  query Owners($first: Int, $after: String, $last: Int, $before: String, $filter: OwnerFilter, $orderBy: OwnerOrder) {
    myOwners(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount
      edges {
        cursor
        node {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);
// #endregion

export const CREATE_OWNER = graphql(`
  mutation CreateOwner($input: CreateOwnerInput!) {
    createOwner(input: $input) {
      owner {
        id
        name
      }
    }
  }
`);

export const DELETE_OWNER = graphql(`
  mutation DeleteOwner($input: DeleteOwnerInput!) {
    deleteOwner(input: $input) {
      deletedOwnerId
      deletedDogIds
      deletedDogCount
    }
  }
`);

export const CHANGES_CURSOR = graphql(`
  query ChangesCursor {
    myChangesCursor
  }
`);

export const CHANGES = graphql(`
  subscription Changes($after: String) {
    myChanges(after: $after) {
      cursor
      kind
      nodeId
      node {
        id
        ... on Owner {
          name
        }
        ... on Dog {
          name
          breed
          birthDate
          owner {
            id
          }
        }
      }
    }
  }
`);
