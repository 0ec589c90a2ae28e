// Mutations of dogs, with their optimistic responses and cache updates.

import { placeInLists, remove } from '@kennel/apollo';

import type { ActionContext } from '../failure/useAction.ts';
import type { CreateDogInput } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { temporaryId } from '../owners/OwnerRow.tsx';

const CREATE_DOG = graphql(`
  mutation CreateDog($input: CreateDogInput!) {
    createDog(input: $input) {
      dog {
        id
        ...DogRow_dog
        owner {
          id
        }
      }
    }
  }
`);

const UPDATE_DOG = graphql(`
  mutation UpdateDog($input: UpdateDogInput!) {
    updateDog(input: $input) {
      dog {
        id
        ...DogRow_dog
        owner {
          id
        }
      }
    }
  }
`);

const DELETE_DOG = graphql(`
  mutation DeleteDog($input: DeleteDogInput!) {
    deleteDog(input: $input) {
      deletedDogId
      owner {
        id
      }
    }
  }
`);

/** The fields of a dog that its row shows. */
export interface Dog {
  id: string;
  name: string;
  breed?: string | null;
  birthDate?: string | null;
  createdAt: string;
  owner: { id: string; name: string };
}

/** Creates a dog. The lists show it optimistically, before the response. */
export async function createDog(input: CreateDogInput, ownerName: string, context?: ActionContext) {
  const now = new Date().toISOString();
  await client.mutate({
    mutation: CREATE_DOG,
    variables: { input },
    ...(context ? { context } : {}),
    optimisticResponse: {
      createDog: {
        __typename: 'CreateDogPayload',
        dog: {
          __typename: 'Dog',
          id: temporaryId('dog'),
          name: input.name,
          breed: input.breed ?? null,
          birthDate: input.birthDate ?? null,
          createdAt: now,
          updatedAt: now,
          owner: { __typename: 'Owner', id: input.ownerId, name: ownerName },
        },
      },
    },
    update(cache, { data }) {
      if (data?.createDog) {
        placeInLists(cache, data.createDog.dog, 'CREATED');
      }
    },
  });
}

/** Updates all fields of a dog. Another owner moves the dog. */
export async function updateDog({ id, name, breed = null, birthDate = null, createdAt, owner }: Dog, context?: ActionContext) {
  await client.mutate({
    mutation: UPDATE_DOG,
    variables: { input: { id, name, breed, birthDate, ownerId: owner.id } },
    ...(context ? { context } : {}),
    optimisticResponse: {
      updateDog: {
        __typename: 'UpdateDogPayload',
        dog: {
          __typename: 'Dog',
          id,
          name,
          breed,
          birthDate,
          createdAt,
          updatedAt: new Date().toISOString(),
          owner: { __typename: 'Owner', id: owner.id, name: owner.name },
        },
      },
    },
    update(cache, { data }) {
      if (data?.updateDog) {
        placeInLists(cache, data.updateDog.dog, 'UPDATED');
      }
    },
  });
}

/** Deletes a dog. The lists remove it optimistically, before the response. */
export async function deleteDog(id: string, ownerId: string, context?: ActionContext) {
  await client.mutate({
    mutation: DELETE_DOG,
    variables: { input: { id } },
    ...(context ? { context } : {}),
    optimisticResponse: {
      deleteDog: {
        __typename: 'DeleteDogPayload',
        deletedDogId: id,
        owner: { __typename: 'Owner', id: ownerId },
      },
    },
    update(cache, { data }) {
      if (data?.deleteDog) {
        remove(cache, 'Dog', [data.deleteDog.deletedDogId]);
      }
    },
  });
}
