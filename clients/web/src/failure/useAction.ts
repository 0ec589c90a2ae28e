import { errorsOf, hasReason } from '@kennel/apollo';
import { useCallback, useRef, useState } from 'react';

import { useReauthentication } from '../session/Reauthentication.tsx';
import { explain } from './explain.ts';
import type { Failure } from './explain.ts';

/** What an operation is sent with: all attempts of one action have the same key. */
export interface ActionContext {
  headers: { 'Idempotency-Key': string };
}

/** Something that a person does, how it goes, and how it has failed. */
export interface Action<V> {
  /** Returns whether it was done. */
  run(variables: V): Promise<boolean>;
  /** Does it again as it was done last. */
  repeat(): Promise<boolean>;
  clear(): void;
  isRunning: boolean;
  failure: Failure | undefined;
}

/**
 * Runs an action, and keeps its failure for the form that shows it. Where it is not known whether Kennel has done it, the
 * next attempt at the same has the same idempotency key. If Kennel needs a recent proof, it is asked for, and the action
 * goes on.
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
