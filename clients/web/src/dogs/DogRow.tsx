import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'react-router';

import type { DogRow_DogFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { isTemporary } from '../owners/OwnerRow.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { age } from '../ui/time.ts';
import { EditDogDialog } from './EditDogDialog.tsx';
import { createDog, deleteDog } from './mutations.ts';

export const DOG_ROW = graphql(`
  fragment DogRow_dog on Dog {
    id
    name
    breed
    birthDate
    createdAt
    updatedAt
    owner {
      id
      name
    }
  }
`);

/** A row with a dog and its actions. `showsOwner` adds a link to the owner, for lists with the dogs of several owners. */
export function DogRow({ dog, showsOwner = false }: { dog: FragmentType<DogRow_DogFragment>; showsOwner?: boolean }) {
  const { data, complete } = useFragment({ fragment: DOG_ROW, from: dog });
  const [isEditing, setEditing] = useState(false);
  const toast = useToast();
  if (!complete) {
    return null;
  }
  const { id, name, breed, birthDate, owner } = data;
  const remove = async () => {
    try {
      await deleteDog(id, owner.id);
      toast({
        message: `${name} was removed.`,
        // A deletion can't be reverted: undo creates another dog with the same fields.
        undo: () =>
          createDog({ ownerId: owner.id, name, breed: breed ?? null, birthDate: birthDate ?? null }, owner.name).catch(() =>
            toast({ message: `${name} could not be added again.`, isFault: true }),
          ),
      });
    } catch {
      toast({ message: `${name} could not be removed.`, isFault: true });
    }
  };
  return (
    <div className="row" aria-busy={isTemporary(id)}>
      <Avatar text={name} />
      <span className="row-name">
        {name}
        {(breed || showsOwner) && (
          <span className="row-detail">
            {showsOwner && <Link to={`/owners/${owner.id}`}>{owner.name}</Link>}
            {breed && showsOwner && ' · '}
            {breed}
          </span>
        )}
      </span>
      <span className="row-note">{birthDate && age(birthDate)}</span>
      <span className="row-actions">
        <button type="button" className="icon" aria-label={`Edit ${name}`} onClick={() => setEditing(true)}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2.5 13.5v-3l8-8 3 3-8 8z" />
          </svg>
        </button>
        <button type="button" className="icon" aria-label={`Remove ${name}`} onClick={() => void remove()}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2.5 4.5h11M6 4V2.5h4V4m2.5.5-.7 9H4.2l-.7-9" />
          </svg>
        </button>
      </span>
      {isEditing && <EditDogDialog dog={data} onClose={() => setEditing(false)} />}
    </div>
  );
}
