// Mutations of owners, with their updates of the cache.

import { placeInLists, removeOwner } from '@kennel/apollo';

import type { ActionContext } from '../failure/useAction.ts';
import type { CreateOwnerInput } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { temporaryId } from './OwnerRow.tsx';

const CREATE_OWNER = graphql(`
  mutation CreateOwner($input: CreateOwnerInput!) {
    createOwner(input: $input) {
      owner {
        id
        ...OwnerRow_owner
        dogs(first: 100) {
          totalCount
          edges {
            cursor
            node {
              id
              ...DogRow_dog
              owner {
                id
              }
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
    }
  }
`);

const RENAME_OWNER = graphql(`
  mutation RenameOwner($input: UpdateOwnerInput!) {
    updateOwner(input: $input) {
      owner {
        id
        ...OwnerRow_owner
      }
    }
  }
`);

const DELETE_OWNER = graphql(`
  mutation DeleteOwner($input: DeleteOwnerInput!) {
    deleteOwner(input: $input) {
      deletedOwnerId
      deletedDogIds
      deletedDogCount
    }
  }
`);

/** Adds an owner with its dogs: the lists show them before the response. Returns the owner's id. */
export async function createOwner(input: CreateOwnerInput, context?: ActionContext): Promise<string> {
  const now = new Date().toISOString();
  const id = temporaryId('own');
  const owner = { __typename: 'Owner' as const, id, name: input.name, createdAt: now, updatedAt: now };
  const edges = (input.dogs ?? []).map((dog) => ({
    __typename: 'DogEdge' as const,
    cursor: '',
    node: {
      __typename: 'Dog' as const,
      id: temporaryId('dog'),
      name: dog.name,
      breed: dog.breed ?? null,
      birthDate: dog.birthDate ?? null,
      createdAt: now,
      updatedAt: now,
      owner,
    },
  }));
  const { data } = await client.mutate({
    mutation: CREATE_OWNER,
    variables: { input },
    ...(context ? { context } : {}),
    optimisticResponse: {
      createOwner: {
        __typename: 'CreateOwnerPayload',
        owner: {
          ...owner,
          dogs: {
            __typename: 'DogConnection',
            totalCount: edges.length,
            edges,
            pageInfo: {
              __typename: 'PageInfo',
              hasNextPage: false,
              hasPreviousPage: false,
              startCursor: null,
              endCursor: null,
            },
          },
        },
      },
    },
    update(cache, { data: result }) {
      if (result?.createOwner) {
        placeInLists(cache, result.createOwner.owner, 'CREATED');
        result.createOwner.owner.dogs.edges.forEach(({ node }) => placeInLists(cache, node, 'CREATED'));
      }
    },
  });
  return data!.createOwner!.owner.id;
}

// #region rename
/** Renames an owner. The optimistic response needs `createdAt`. */
export async function renameOwner(
  { id, name, createdAt }: { id: string; name: string; createdAt: string },
  context?: ActionContext,
) {
  await client.mutate({
    mutation: RENAME_OWNER,
    variables: { input: { id, name } },
    ...(context ? { context } : {}),
    optimisticResponse: {
      updateOwner: {
        __typename: 'UpdateOwnerPayload',
        owner: { __typename: 'Owner', id, name, createdAt, updatedAt: new Date().toISOString() },
      },
    },
    update(cache, { data }) {
      if (data?.updateOwner) {
        placeInLists(cache, data.updateOwner.owner, 'UPDATED');
      }
    },
  });
}
// #endregion

/** Removes an owner with its dogs, of which the lists show nothing at once. */
export async function deleteOwner(id: string, dogIds: string[] = [], context?: ActionContext) {
  await client.mutate({
    mutation: DELETE_OWNER,
    variables: { input: { id, withDogs: true } },
    ...(context ? { context } : {}),
    optimisticResponse: {
      deleteOwner: {
        __typename: 'DeleteOwnerPayload',
        deletedOwnerId: id,
        deletedDogIds: dogIds,
        deletedDogCount: dogIds.length,
      },
    },
    update(cache, { data }) {
      if (data?.deleteOwner) {
        removeOwner(cache, data.deleteOwner);
      }
    },
  });
}
