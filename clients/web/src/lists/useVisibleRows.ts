import { useLayoutEffect, useState } from 'react';
import type { RefObject } from 'react';

/** The height of a row, in pixels: all are alike, as in styles.css. */
export const ROW_HEIGHT = 64;

/** How many rows are in the page above and below those that can be seen. */
const OVERSCAN = 12;

/** In how large steps the rows in the page follow the scrolling: not each row is a rendering of all. */
const STEP = 6;

/** The first row that is to be in the page, and the one after the last: of a list as long as the page, however long. */
export function useVisibleRows(list: RefObject<HTMLElement | null>, count: number): [number, number] {
  const [range, setRange] = useState<[number, number]>([0, 0]);
  useLayoutEffect(() => {
    const measure = () => {
      const top = scrollY - list.current!.offsetTop;
      const first = Math.floor(top / ROW_HEIGHT / STEP) * STEP - OVERSCAN;
      const from = Math.min(Math.max(0, first), count);
      const to = Math.min(count, Math.max(0, first) + Math.ceil(innerHeight / ROW_HEIGHT) + STEP + 2 * OVERSCAN);
      setRange((old) => (old[0] === from && old[1] === to ? old : [from, to]));
    };
    measure();
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [list, count]);
  return [Math.min(range[0], count), Math.min(range[1], count)];
}
