import { useQuery } from '@apollo/client/react';
import { useCallback } from 'react';
import { Link, Outlet, useSearchParams } from 'react-router';

import { graphql } from '../gql/index.ts';
import { ListPage } from '../lists/ListPage.tsx';
import { PAGE_SIZE } from '../lists/LongList.tsx';
import type { PageArguments } from '../lists/LongList.tsx';
import { SearchBox } from '../lists/SearchBox.tsx';
import { orderOf, useListParams } from '../lists/useListParams.ts';
import { OwnerRow } from './OwnerRow.tsx';

const OWNERS_PAGE = graphql(`
  query OwnersPage(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: OwnerFilter
    $orderBy: OwnerOrder
  ) {
    myOwners(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount
      edges {
        cursor
        node {
          id
          ...OwnerRow_owner
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

const ORDERS = { name: 'NAME', created: 'CREATED_AT', updated: 'UPDATED_AT' } as const;

export function OwnersPage() {
  const { values, set, listKey, at, onAnchor } = useListParams({ q: '', sort: 'name' });
  const { q, sort } = values;
  const [params] = useSearchParams();
  const {
    data: current,
    previousData,
    error,
    fetchMore,
    refetch,
  } = useQuery(OWNERS_PAGE, {
    variables: {
      first: PAGE_SIZE,
      after: at,
      filter: q ? { name: { contains: q } } : null,
      orderBy: orderOf(sort, ORDERS),
    },
  });
  const loadMore = useCallback((variables: PageArguments) => fetchMore({ variables }), [fetchMore]);
  const search = useCallback((text: string) => set({ q: text }), [set]);

  return (
    <>
      <ListPage
        title="Owners"
        page={(current ?? previousData)?.myOwners}
        error={error}
        onRepeat={() => void refetch()}
        controls={
          <>
            <SearchBox label="Search owners" value={q} onChange={search} />
            <select aria-label="Order" value={sort} onChange={(event) => set({ sort: event.target.value })}>
              <option value="name">Name, A to Z</option>
              <option value="-name">Name, Z to A</option>
              <option value="-created">Newest first</option>
              <option value="created">Oldest first</option>
              <option value="-updated">Recently changed</option>
            </select>
            <Link className="button primary" to={{ pathname: '/owners/new', search: params.toString() }}>
              New owner
            </Link>
          </>
        }
        empty={q ? `No owner's name contains “${q}”.` : 'There are no owners yet. Add the first one, with its dogs.'}
        listKey={listKey}
        loadMore={loadMore}
        anchor={at}
        onAnchor={onAnchor}
      >
        {({ node }) => <OwnerRow owner={node} />}
      </ListPage>
      <Outlet />
    </>
  );
}
