import { useEffect } from 'react';
import type { ComponentProps, ReactNode } from 'react';

import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { LongList } from './LongList.tsx';
import type { Edge, Page } from './LongList.tsx';

/** A page with one list: its title with the total count, its search and sort controls, and its rows. */
export function ListPage<E extends Edge>({
  title,
  page,
  error,
  onRepeat,
  controls,
  empty,
  listKey,
  ...rest
}: {
  title: string;
  /** The loaded part of the connection; undefined before the first response. */
  page: Page<E> | undefined;
  error: unknown;
  onRepeat: () => void;
  controls: ReactNode;
  /** The text that is shown if the connection has no nodes. */
  empty: string;
  /** The React key of the list: a changed filter or order changes the key, so that LongList is remounted with new state. */
  listKey: string;
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
        <LongList key={listKey} label={title} page={page} {...rest} />
      )}
    </>
  );
}
