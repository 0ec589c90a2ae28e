import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router';

/**
 * What a list is searched, filtered and ordered by, as the address has it: it survives a reload, and the way back.
 *
 * @param defaults the parameters that there are, with what they are when the address does not say
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
          // Another list begins at its beginning.
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
    // The defaults are constants of the page.
    [setParams],
  );
  const list = JSON.stringify(values);
  // Where the list began to be looked at: it does not move while the person scrolls.
  const [start, setStart] = useState({ list, at: params.get('at') });
  if (start.list !== list) {
    setStart({ list, at: null });
  }
  const onAnchor = useCallback((at: string | null) => set({ at } as Partial<Record<K | 'at', string | null>>), [set]);
  return { values, set, list, at: start.at, onAnchor };
}

/** The order that a parameter names: `name`, or `-name` for the other direction. */
export function orderOf<F extends string>(sort: string, fields: Record<string, F>) {
  const field = fields[sort.replace(/^-/, '')] ?? Object.values(fields)[0]!;
  return { field, direction: sort.startsWith('-') ? ('DESC' as const) : ('ASC' as const) };
}
