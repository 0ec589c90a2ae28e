import { createContext, lazy, Suspense, useCallback, useContext, useRef, useState } from 'react';
import type { ReactNode } from 'react';

const ProofDialog = lazy(async () => ({ default: (await import('./ProofDialog.tsx')).ProofDialog }));

/** The root field of the refused mutation: the first element of the error's path. */
type FieldName = string | number | undefined;

const ReauthenticationContext = createContext<(field: FieldName) => Promise<boolean>>(() => Promise.resolve(false));

/** Returns a function that asks for the proof a mutation requires. It resolves to whether the proof was given. */
export function useReauthentication() {
  return useContext(ReauthenticationContext);
}

/** Provides the dialog that asks for a recent proof: the password, a code of the second factor, or a passkey. */
export function Reauthentication({ children }: { children: ReactNode }) {
  const [asking, setAsking] = useState<{ field: FieldName }>();
  const answer = useRef<(given: boolean) => void>(() => {});
  const ask = useCallback(
    (field: FieldName) =>
      new Promise<boolean>((resolve) => {
        // If two actions are refused concurrently, the dialog serves the later one, and the earlier one is cancelled.
        answer.current(false);
        answer.current = resolve;
        setAsking({ field });
      }),
    [],
  );
  const close = useCallback((given: boolean) => {
    setAsking(undefined);
    answer.current(given);
  }, []);
  return (
    <ReauthenticationContext value={ask}>
      {children}
      {asking && (
        <Suspense>
          <ProofDialog field={asking.field} onClose={close} />
        </Suspense>
      )}
    </ReauthenticationContext>
  );
}
