import { useLayoutEffect, useState } from 'react';
import type { RefObject } from 'react';

/** The height of every row, in pixels. styles.css sets the same height. */
export const ROW_HEIGHT = 64;

/** The number of rows that are rendered above and below the viewport. */
const OVERSCAN = 12;

/** The rendered range moves by this many rows, so that not every scrolled row causes a render. */
const STEP = 6;

/** Returns the range of rows to render: the first one, and the one after the last. The list scrolls with the window. */
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
