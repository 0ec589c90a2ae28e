import { createContext, lazy, Suspense, useCallback, useContext, useRef, useState } from 'react';
import type { ReactNode } from 'react';

const ProofDialog = lazy(async () => ({ default: (await import('./ProofDialog.tsx')).ProofDialog }));

const ReauthenticationContext = createContext<() => Promise<boolean>>(() => Promise.resolve(false));

/** Returns the function that asks for the password or a code, and tells whether it was given. */
export function useReauthentication() {
  return useContext(ReauthenticationContext);
}

/** Asks for the password, or a code of the second factor, where an action needs it once more. */
export function Reauthentication({ children }: { children: ReactNode }) {
  const [isAsking, setAsking] = useState(false);
  const answer = useRef<(given: boolean) => void>(() => {});
  const ask = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        answer.current = resolve;
        setAsking(true);
      }),
    [],
  );
  const close = (given: boolean) => {
    setAsking(false);
    answer.current(given);
  };
  return (
    <ReauthenticationContext value={ask}>
      {children}
      {isAsking && (
        <Suspense>
          <ProofDialog onClose={close} />
        </Suspense>
      )}
    </ReauthenticationContext>
  );
}
