import { useQuery } from '@apollo/client/react';
import { useCallback } from 'react';

import type { DogFilter } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { ListPage } from '../lists/ListPage.tsx';
import { PAGE_SIZE } from '../lists/LongList.tsx';
import type { PageArguments } from '../lists/LongList.tsx';
import { SearchBox } from '../lists/SearchBox.tsx';
import { orderOf, useListParams } from '../lists/useListParams.ts';
import { DogRow } from './DogRow.tsx';

const DOGS_PAGE = graphql(`
  query DogsPage(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: DogFilter
    $orderBy: DogOrder
  ) {
    myDogs(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount
      edges {
        cursor
        node {
          id
          ...DogRow_dog
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

const ORDERS = { name: 'NAME', born: 'BIRTH_DATE', created: 'CREATED_AT' } as const;

export function DogsPage() {
  const { values, set, listKey, at, onAnchor } = useListParams({ q: '', breed: '', born: '', sort: 'name' });
  const { q, breed, born, sort } = values;
  const {
    data: current,
    previousData,
    error,
    fetchMore,
    refetch,
  } = useQuery(DOGS_PAGE, {
    variables: { first: PAGE_SIZE, after: at, filter: filterOf(q, breed, born), orderBy: orderOf(sort, ORDERS) },
  });
  const loadMore = useCallback((variables: PageArguments) => fetchMore({ variables }), [fetchMore]);
  const searchName = useCallback((text: string) => set({ q: text }), [set]);
  const searchBreed = useCallback((text: string) => set({ breed: text }), [set]);
  const isFiltered = q !== '' || breed !== '' || born !== '';

  return (
    <ListPage
      title="Dogs"
      page={(current ?? previousData)?.myDogs}
      error={error}
      onRepeat={() => void refetch()}
      controls={
        <>
          <SearchBox label="Search dogs" value={q} onChange={searchName} />
          <SearchBox label="Breed" value={breed} onChange={searchBreed} />
          <label className="inline">
            Born since
            <input type="date" value={born} onChange={(event) => set({ born: event.target.value })} />
          </label>
          <select aria-label="Order" value={sort} onChange={(event) => set({ sort: event.target.value })}>
            <option value="name">Name, A to Z</option>
            <option value="-name">Name, Z to A</option>
            <option value="-born">Youngest first</option>
            <option value="born">Oldest first</option>
            <option value="-created">Recently added</option>
          </select>
        </>
      }
      empty={isFiltered ? 'No dogs match.' : 'There are no dogs yet. Add them on the page of their owner.'}
      listKey={listKey}
      loadMore={loadMore}
      anchor={at}
      onAnchor={onAnchor}
    >
      {({ node }) => <DogRow dog={node} showsOwner />}
    </ListPage>
  );
}

function filterOf(name: string, breed: string, born: string): DogFilter | null {
  const filter = {
    ...(name ? { name: { contains: name } } : {}),
    ...(breed ? { breed: { contains: breed } } : {}),
    ...(born ? { birthDate: { gte: born } } : {}),
  };
  return Object.keys(filter).length > 0 ? filter : null;
}
