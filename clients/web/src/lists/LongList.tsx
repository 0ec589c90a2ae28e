import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

import { explain } from '../failure/explain.ts';
import type { Failure } from '../failure/explain.ts';
import { FailureMessage } from '../failure/FailureMessage.tsx';
import { ROW_HEIGHT, useVisibleRows } from './useVisibleRows.ts';

/** An edge of a connection. The cursor is empty if a cache update has inserted the edge. */
export interface Edge {
  cursor: string;
  node: { id: string };
}

/** The loaded part of a Relay connection: all pages that the cache has merged. */
export interface Page<E extends Edge> {
  totalCount: number;
  edges: E[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor?: string | null; endCursor?: string | null };
}

/** The pagination arguments of the next page (first, after) or the previous one (last, before). */
export interface PageArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/** The number of edges per page. */
export const PAGE_SIZE = 100;

/** A page is prefetched when the rendered rows are within this many rows of either end of the loaded ones. */
const PREFETCH_ROWS = 40;

/**
 * A virtualized list of any length: only the rows near the viewport are in the DOM. Pages are prefetched in both directions
 * while the user scrolls.
 */
export function LongList<E extends Edge>({
  label,
  page,
  loadMore,
  anchor,
  onAnchor,
  children,
}: {
  label: string;
  page: Page<E>;
  loadMore: (page: PageArguments) => Promise<unknown>;
  /** The scroll position at mount: the cursor of the row before the first visible one; null at the start of the list. */
  anchor: string | null;
  /** Called with the new scroll position, as in `anchor`, when scrolling has stopped. */
  onAnchor: (cursor: string | null) => void;
  children: (edge: E) => ReactNode;
}) {
  const { edges, pageInfo, totalCount } = page;
  const list = useRef<HTMLUListElement>(null);

  // The first render with rows scrolls to the anchor.
  const isPlaced = useRef(false);
  useLayoutEffect(() => {
    if (!isPlaced.current && edges.length > 0) {
      isPlaced.current = true;
      const index = anchor === null ? -1 : edges.findIndex(({ cursor }) => cursor === anchor);
      if (index >= 0 || (anchor !== null && pageInfo.hasPreviousPage)) {
        scrollTo({ top: list.current!.offsetTop + (index + 1) * ROW_HEIGHT - headerHeight() });
      }
    }
  }, [anchor, edges, pageInfo.hasPreviousPage]);

  // Prepended rows must not move the visible ones: the scroll position is increased by their height.
  const first = useRef(edges[0]?.node.id);
  const isPrepending = useRef(false);
  useLayoutEffect(() => {
    const above = edges.findIndex(({ node }) => node.id === first.current);
    first.current = edges[0]?.node.id;
    if (above > 0 && (isPrepending.current || scrollY > list.current!.offsetTop - headerHeight())) {
      scrollBy({ top: above * ROW_HEIGHT });
    }
  }, [edges]);

  // Called after the layout effects above, which scroll: its own effect measures the new position, so no frame lacks rows.
  const [from, to] = useVisibleRows(list, edges.length);

  const [failure, setFailure] = useState<Failure>();
  const isLoading = useRef(false);
  const load = useCallback(
    async (which: PageArguments) => {
      if (isLoading.current) {
        return;
      }
      isLoading.current = true;
      isPrepending.current = which.before != null;
      setFailure(undefined);
      try {
        await loadMore(which);
      } catch (error) {
        setFailure(explain(error));
      } finally {
        isLoading.current = false;
      }
    },
    [loadMore],
  );

  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  useEffect(() => {
    if (failure || to === 0) {
      return;
    }
    if (hasNextPage && to >= edges.length - PREFETCH_ROWS) {
      void load({ first: PAGE_SIZE, after: endCursor ?? null });
    } else if (hasPreviousPage && from <= PREFETCH_ROWS) {
      void load({ first: null, after: null, last: PAGE_SIZE, before: startCursor ?? null });
    }
  }, [load, failure, from, to, edges.length, hasNextPage, hasPreviousPage, startCursor, endCursor]);

  // A ref, and not dependencies of the effect below: a render would clear its timer, and the position would not be saved.
  const latest = useRef({ edges, onAnchor });
  useLayoutEffect(() => {
    latest.current = { edges, onAnchor };
  }, [edges, onAnchor]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const index = Math.round((scrollY + headerHeight() - list.current!.offsetTop) / ROW_HEIGHT) - 1;
        latest.current.onAnchor(index < 0 ? null : latest.current.edges[index]?.cursor || null);
      }, 200);
    };
    addEventListener('scroll', onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      removeEventListener('scroll', onScroll);
    };
  }, []);

  const jump = async (which: PageArguments, isEnd: boolean) => {
    await load(which);
    requestAnimationFrame(() => scrollTo({ top: isEnd ? document.body.scrollHeight : 0 }));
  };

  return (
    <>
      <ul
        ref={list}
        className="rows"
        aria-label={label}
        style={{ height: edges.length * ROW_HEIGHT }}
        onKeyDown={moveFocus}
      >
        {edges.slice(from, to).map((edge, offset) => {
          const index = from + offset;
          return (
            <li
              key={edge.node.id}
              data-index={index}
              aria-setsize={totalCount}
              {...(hasPreviousPage ? {} : { 'aria-posinset': index + 1 })}
              style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}
            >
              {children(edge)}
            </li>
          );
        })}
      </ul>
      <FailureMessage failure={failure} onRepeat={() => setFailure(undefined)} />
      {(hasNextPage || hasPreviousPage) && (
        <div className="jumps">
          <button
            type="button"
            className="quiet"
            onClick={() =>
              void (hasPreviousPage ? jump({ first: PAGE_SIZE, after: null }, false) : scrollTo({ top: 0 }))
            }
          >
            To the start
          </button>
          <button
            type="button"
            className="quiet"
            onClick={() =>
              void (hasNextPage
                ? jump({ first: null, after: null, last: PAGE_SIZE }, true)
                : scrollTo({ top: document.body.scrollHeight }))
            }
          >
            To the end
          </button>
        </div>
      )}
    </>
  );
}

/** The height of the sticky header, which covers the top of the viewport. */
function headerHeight(): number {
  return document.querySelector<HTMLElement>('.bar')?.offsetHeight ?? 0;
}

/** Moves the focus to the previous or the next row on the arrow keys. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = (event.target as HTMLElement).closest<HTMLElement>('li[data-index]');
  if (step !== undefined && row && !event.altKey && !event.ctrlKey && !event.metaKey) {
    const next = event.currentTarget.querySelector<HTMLElement>(
      `li[data-index="${Number(row.dataset.index) + step}"] a, li[data-index="${Number(row.dataset.index) + step}"] button`,
    );
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
}
