import { useQuery } from '@apollo/client/react';
import { useState } from 'react';

import { graphql } from '../gql/index.ts';
import { SearchBox } from '../lists/SearchBox.tsx';

const OWNER_PICKER = graphql(`
  query OwnerPicker($text: String!) {
    myOwners(first: 5, filter: { name: { contains: $text } }, orderBy: { field: NAME }) {
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

interface Owner {
  id: string;
  name: string;
}

/** Selects an owner from a search by name: the list of all owners may be too long for a select. */
export function OwnerPicker({ owner, onPick }: { owner: Owner; onPick: (owner: Owner) => void }) {
  const [text, setText] = useState('');
  const { data, previousData } = useQuery(OWNER_PICKER, { variables: { text }, skip: text === '' });
  const found = text === '' ? [] : ((data ?? previousData)?.myOwners.edges.slice(0, 5).map(({ node }) => node) ?? []);
  const shown = [owner, ...found.filter(({ id }) => id !== owner.id)];
  return (
    <fieldset className="picker">
      <legend>Owner</legend>
      {shown.map((choice) => (
        <label key={choice.id}>
          <input
            type="radio"
            name="owner"
            value={choice.id}
            checked={choice.id === owner.id}
            onChange={() => onPick(choice)}
          />
          {choice.name}
        </label>
      ))}
      <SearchBox label="Search another owner" value={text} onChange={setText} />
    </fieldset>
  );
}
