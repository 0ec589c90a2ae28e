import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router';

/**
 * Keeps the search, filter, order and position of a list in the URL's query string, so that they survive a reload and the
 * back button.
 *
 * @param defaults the names of the parameters, with their values when the URL has none
 */
export function useListParams<K extends string>(defaults: Record<K, string>) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(
    Object.keys(defaults).map((key) => [key, params.get(key) ?? defaults[key as K]]),
  ) as Record<K, string>;
  const set = useCallback(
    (changes: Partial<Record<K | 'at', string | null>>) => {
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          // A changed filter or order resets the position.
          next.delete('at');
          for (const [key, value] of Object.entries(changes) as [K, string | null][]) {
            if (value === null || value === defaults[key]) {
              next.delete(key);
            } else {
              next.set(key, value);
            }
          }
          return next.toString() === current.toString() ? current : next;
        },
        { replace: true, preventScrollReset: true },
      );
    },
    // Without `defaults`: it is a new object at each render, with the same values.
    [setParams],
  );
  const listKey = JSON.stringify(values);
  // The query's `after` keeps the initial position: if it followed the URL, scrolling would change the query's variables.
  const [start, setStart] = useState({ listKey, at: params.get('at') });
  if (start.listKey !== listKey) {
    setStart({ listKey, at: null });
  }
  const onAnchor = useCallback((at: string | null) => set({ at } as Partial<Record<K | 'at', string | null>>), [set]);
  return { values, set, listKey, at: start.at, onAnchor };
}

/** Returns the `orderBy` argument for a sort parameter: `name` is ascending, `-name` descending. */
export function orderOf<F extends string>(sort: string, fields: Record<string, F>) {
  const field = fields[sort.replace(/^-/, '')] ?? Object.values(fields)[0]!;
  return { field, direction: sort.startsWith('-') ? ('DESC' as const) : ('ASC' as const) };
}
