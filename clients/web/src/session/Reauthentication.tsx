import { createContext, lazy, Suspense, useCallback, useContext, useRef, useState } from 'react';
import type { ReactNode } from 'react';

const ProofDialog = lazy(async () => ({ default: (await import('./ProofDialog.tsx')).ProofDialog }));

/** Where an error is from: the first element of its path. */
type FieldName = string | number | undefined;

const ReauthenticationContext = createContext<(field: FieldName) => Promise<boolean>>(() => Promise.resolve(false));

/** Returns the function that asks for a proof that a mutation needs, and tells whether it was given. */
export function useReauthentication() {
  return useContext(ReauthenticationContext);
}

/** Asks for the password, a code of the second factor or a passkey, where a mutation needs a recent proof. */
export function Reauthentication({ children }: { children: ReactNode }) {
  const [asking, setAsking] = useState<{ field: FieldName }>();
  const answer = useRef<(given: boolean) => void>(() => {});
  const ask = useCallback(
    (field: FieldName) =>
      new Promise<boolean>((resolve) => {
        // Where two actions were refused at once, the dialog is for the later one, and the earlier one ends.
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
