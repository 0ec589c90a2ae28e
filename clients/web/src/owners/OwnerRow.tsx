import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { Link } from 'react-router';

import type { OwnerRow_OwnerFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { ago } from '../ui/time.ts';

// #region row
export const OWNER_ROW = graphql(`
  fragment OwnerRow_owner on Owner {
    id
    name
    createdAt
    updatedAt
  }
`);

export function OwnerRow({ owner }: { owner: FragmentType<OwnerRow_OwnerFragment> }) {
  const { data, complete } = useFragment({ fragment: OWNER_ROW, from: owner });
  if (!complete) {
    return null;
  }
  const isPending = isTemporary(data.id);
  return (
    <Link className="row" to={isPending ? '.' : `/owners/${data.id}`} aria-busy={isPending}>
      <Avatar text={data.name} />
      <span className="row-name">{data.name}</span>
      <span className="row-note">{ago(data.createdAt)}</span>
    </Link>
  );
}
// #endregion

/** Returns whether an id is that of an optimistic response. */
export function isTemporary(id: string): boolean {
  return id.includes('~');
}

/** Returns an id for an optimistic response. It sorts after all ids of Kennel, as the newest object's id does. */
export function temporaryId(prefix: 'own' | 'dog'): string {
  return `${prefix}_~${crypto.randomUUID()}`;
}
