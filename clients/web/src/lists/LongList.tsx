import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

import { explain } from '../failure/explain.ts';
import type { Failure } from '../failure/explain.ts';
import { FailureMessage } from '../failure/FailureMessage.tsx';
import { ROW_HEIGHT, useVisibleRows } from './useVisibleRows.ts';

/** A row of a list. The cursor of one that the cache has put there by itself is empty. */
export interface Edge {
  cursor: string;
  node: { id: string };
}

/** A connection, as Kennel's lists are. */
export interface Page<E extends Edge> {
  totalCount: number;
  edges: E[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor?: string | null; endCursor?: string | null };
}

/** The next or the previous page of a list. */
export interface PageArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/** How many rows a page has. */
export const PAGE_SIZE = 100;

/** How many rows before the end of what is loaded the next page is asked for. */
const AHEAD = 40;

/**
 * A list of any length: only the rows that can be seen are in the page, and the next page is loaded, in both directions,
 * before the person gets there.
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
  /** The cursor that the first visible row comes after, when the list is opened. */
  anchor: string | null;
  /** Is told the cursor that the first visible row comes after, whenever the person has stopped scrolling. */
  onAnchor: (cursor: string | null) => void;
  children: (edge: E) => ReactNode;
}) {
  const { edges, pageInfo, totalCount } = page;
  const list = useRef<HTMLUListElement>(null);

  // At first, the list is where the address says.
  const isPlaced = useRef(false);
  useLayoutEffect(() => {
    if (!isPlaced.current && edges.length > 0) {
      isPlaced.current = true;
      const index = anchor === null ? -1 : edges.findIndex(({ cursor }) => cursor === anchor);
      if (index >= 0 || (anchor !== null && pageInfo.hasPreviousPage)) {
        scrollTo({ top: list.current!.offsetTop + (index + 1) * ROW_HEIGHT - header() });
      }
    }
  }, [anchor, edges, pageInfo.hasPreviousPage]);

  // A page that comes above pushes nothing away.
  const first = useRef(edges[0]?.node.id);
  const isPrepending = useRef(false);
  useLayoutEffect(() => {
    const above = edges.findIndex(({ node }) => node.id === first.current);
    first.current = edges[0]?.node.id;
    if (above > 0 && (isPrepending.current || scrollY > list.current!.offsetTop - header())) {
      scrollBy({ top: above * ROW_HEIGHT });
    }
  }, [edges]);

  // After the effects above, which scroll: no frame is without rows.
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
    if (hasNextPage && to >= edges.length - AHEAD) {
      void load({ first: PAGE_SIZE, after: endCursor ?? null });
    } else if (hasPreviousPage && from <= AHEAD) {
      void load({ first: null, after: null, last: PAGE_SIZE, before: startCursor ?? null });
    }
  }, [load, failure, from, to, edges.length, hasNextPage, hasPreviousPage, startCursor, endCursor]);

  // What is rendered just after the person has stopped scrolling must not make the place forgotten.
  const latest = useRef({ edges, onAnchor });
  useLayoutEffect(() => {
    latest.current = { edges, onAnchor };
  }, [edges, onAnchor]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const index = Math.round((scrollY + header() - list.current!.offsetTop) / ROW_HEIGHT) - 1;
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

/** The height of the bar that covers the page's first pixels. */
function header(): number {
  return document.querySelector<HTMLElement>('.bar')?.offsetHeight ?? 0;
}

/** The arrow keys go from row to row. */
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
