import { errorsOf, hasReason } from '@kennel/apollo';
import { useCallback, useRef, useState } from 'react';

import { useReauthentication } from '../session/Reauthentication.tsx';
import { explain } from './explain.ts';
import type { Failure } from './explain.ts';

/** The context of an action's operation. All attempts of one action send the same idempotency key. */
export interface ActionContext {
  headers: { 'Idempotency-Key': string };
}

/** An action of the user, such as the submission of a form, and its state. */
export interface Action<V> {
  /** Runs the action. Resolves to whether it has succeeded. */
  run(variables: V): Promise<boolean>;
  /** Runs the action again, with the variables of the failed attempt. */
  repeat(): Promise<boolean>;
  clear(): void;
  isRunning: boolean;
  failure: Failure | undefined;
}

/**
 * Runs an action, and keeps its failure for the form that shows it. The next attempt with the same variables sends the same
 * idempotency key: Kennel may have executed the failed one, with its response lost. If Kennel requires a recent proof, the
 * user is asked for it, and the action is sent again.
 */
export function useAction<V>(act: (variables: V, context: ActionContext) => Promise<unknown>): Action<V> {
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const attempt = useRef<{ variables: V; text: string; key: string }>(undefined);
  const reauthenticate = useReauthentication();

  const run = useCallback(
    async (variables: V) => {
      const text = JSON.stringify(variables ?? null);
      if (attempt.current?.text !== text) {
        attempt.current = { variables, text, key: crypto.randomUUID() };
      }
      const context = { headers: { 'Idempotency-Key': attempt.current.key } };
      setRunning(true);
      setFailure(undefined);
      try {
        try {
          await act(variables, context);
        } catch (error) {
          if (!hasReason(error, 'REAUTHENTICATION_REQUIRED')) {
            throw error;
          }
          if (!(await reauthenticate(errorsOf(error)[0]?.path?.[0]))) {
            return false;
          }
          await act(variables, context);
        }
        attempt.current = undefined;
        return true;
      } catch (error) {
        const explained = explain(error);
        if (explained.code === 'IDEMPOTENCY_KEY_REUSED') {
          attempt.current = undefined;
        }
        setFailure(explained);
        return false;
      } finally {
        setRunning(false);
      }
    },
    [act, reauthenticate],
  );

  const repeat = useCallback(
    () => (attempt.current ? run(attempt.current.variables) : Promise.resolve(false)),
    [run],
  );
  const clear = useCallback(() => setFailure(undefined), []);
  return { run, repeat, clear, isRunning, failure };
}
