import { useQuery } from '@apollo/client/react';
import { useCallback, useEffect } from 'react';
import { Link, Outlet, useSearchParams } from 'react-router';

import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { graphql } from '../gql/index.ts';
import { LongList, PAGE_SIZE } from '../lists/LongList.tsx';
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
  const { values, set, list, at, onAnchor } = useListParams({ q: '', sort: 'name' });
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
  const data = current ?? previousData;
  useEffect(() => {
    document.title = 'Owners · Kennel';
  }, []);

  return (
    <>
      <div className="toolbar">
        <h1>
          Owners {data && <span className="count">{data.myOwners.totalCount.toLocaleString('en')}</span>}
        </h1>
        <SearchBox label="Search owners" value={q} onChange={search} />
        <select aria-label="Order" value={sort} onChange={(event) => set({ sort: event.target.value })}>
          <option value="name">Name, A to Z</option>
          <option value="-name">Name, Z to A</option>
          <option value="-created">Newest first</option>
          <option value="created">Oldest first</option>
          <option value="-updated">Changed last</option>
        </select>
        <Link className="button primary" to={{ pathname: '/owners/new', search: params.toString() }}>
          New owner
        </Link>
      </div>
      {error && !data ? (
        <LoadFailure failure={explain(error)} onRepeat={() => void refetch()} />
      ) : data?.myOwners.totalCount === 0 ? (
        <div className="empty">
          <p>{q ? `No owner's name contains “${q}”.` : 'There are no owners yet. Add the first one, with its dogs.'}</p>
        </div>
      ) : (
        data && (
          <LongList
            key={list}
            label="Owners"
            page={data.myOwners}
            loadMore={loadMore}
            anchor={at}
            onAnchor={onAnchor}
          >
            {({ node }) => <OwnerRow owner={node} />}
          </LongList>
        )
      )}
      <Outlet />
    </>
  );
}
