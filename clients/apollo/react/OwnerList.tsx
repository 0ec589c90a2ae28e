import { useMutation, useQuery } from '@apollo/client/react';

import { placeInLists } from '../src/kennel/cache.js';
import { CREATE_OWNER, OWNERS } from '../src/operations.js';

export function OwnerList() {
  const { data, error, fetchMore } = useQuery(OWNERS, { variables: { first: 20 } });
  const [createOwner, { loading }] = useMutation(CREATE_OWNER, {
    update: (cache, { data: created }) => created?.createOwner && placeInLists(cache, created.createOwner.owner),
  });
  if (error) {
    return <p role="alert">{error.message}</p>;
  }
  if (!data) {
    return <p>Loading…</p>;
  }
  const { edges, pageInfo, totalCount } = data.myOwners;
  return (
    <>
      <h1>{totalCount} owners</h1>
      <ul>
        {edges.map(({ node }) => (
          <li key={node.id}>{node.name}</li>
        ))}
      </ul>
      {pageInfo.hasNextPage && (
        <button onClick={() => fetchMore({ variables: { after: pageInfo.endCursor } })}>More</button>
      )}
      <button disabled={loading} onClick={() => createOwner({ variables: { input: { name: 'Ann' } } })}>
        Add Ann
      </button>
    </>
  );
}
