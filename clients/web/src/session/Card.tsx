import { useEffect } from 'react';
import type { ReactNode } from 'react';

/** The layout of the pages that need no session. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Kennel`;
  }, [title]);
  return (
    <main className="card">
      <p className="card-name">
        <img src={`${import.meta.env.BASE_URL}kennel.svg`} alt="" width="32" height="32" />
        <span>Kennel</span>
      </p>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
