import { useEffect } from 'react';
import type { ComponentProps, ReactNode } from 'react';

import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { LongList } from './LongList.tsx';
import type { Edge, Page } from './LongList.tsx';

/** A page that is one list: its title with the count, what it is searched and ordered by, and its rows. */
export function ListPage<E extends Edge>({
  title,
  page,
  error,
  onRepeat,
  controls,
  empty,
  list,
  ...rest
}: {
  title: string;
  /** What is loaded; undefined until there is something. */
  page: Page<E> | undefined;
  error: unknown;
  onRepeat: () => void;
  controls: ReactNode;
  /** What is said of a list without rows. */
  empty: string;
  /** Tells lists apart: another one begins at its beginning. */
  list: string;
} & Omit<ComponentProps<typeof LongList<E>>, 'label' | 'page'>) {
  useEffect(() => {
    document.title = `${title} · Kennel`;
  }, [title]);
  return (
    <>
      <div className="toolbar">
        <h1>
          {title} {page && <span className="count">{page.totalCount.toLocaleString('en')}</span>}
        </h1>
        {controls}
      </div>
      {page === undefined ? (
        error !== undefined && <LoadFailure failure={explain(error)} onRepeat={onRepeat} />
      ) : page.totalCount === 0 ? (
        <div className="empty">
          <p>{empty}</p>
        </div>
      ) : (
        <LongList key={list} label={title} page={page} {...rest} />
      )}
    </>
  );
}
