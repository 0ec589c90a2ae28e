import { createContext, useContext, useEffect, useId, useMemo, useRef } from 'react';
import type { ComponentProps, ReactNode } from 'react';

import type { Failure } from '../failure/explain.ts';
import { FailureMessage, useCountdown } from '../failure/FailureMessage.tsx';
import type { Action } from '../failure/useAction.ts';

interface FormState {
  failure: Failure | undefined;
  isRunning: boolean;
  /** Registers the path of an input, which shows the violations at this path. Returns the function that unregisters it. */
  register(path: string): () => void;
}

const FormContext = createContext<FormState>({ failure: undefined, isRunning: false, register: () => () => {} });

/** A form for one action. Its inputs show their violations. By default, "Try again" submits the form's current values. */
export function Form<V>({
  action,
  onSubmit,
  onRepeat,
  children,
  ...rest
}: { action: Action<V>; onSubmit: (data: FormData) => void; onRepeat?: () => void; children: ReactNode } & Omit<
  ComponentProps<'form'>,
  'onSubmit' | 'action'
>) {
  const form = useRef<HTMLFormElement>(null);
  const registered = useRef(new Set<string>());
  const { failure, isRunning } = action;
  const state = useMemo(
    () => ({
      failure,
      isRunning,
      register(path: string) {
        registered.current.add(path);
        return () => void registered.current.delete(path);
      },
    }),
    [failure, isRunning],
  );
  // After a failure, the first invalid input is focused.
  useEffect(() => {
    if (failure) {
      form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    }
  }, [failure]);
  return (
    <FormContext value={state}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit(new FormData(event.currentTarget));
        }}
        {...rest}
      >
        {children}
        <FailureMessage
          failure={failure}
          shown={[...registered.current]}
          onRepeat={onRepeat ?? (() => form.current?.requestSubmit())}
        />
      </form>
    </FormContext>
  );
}

/** An input with its label, and the message of the violation at its path. */
export function Field({
  label,
  path,
  hint,
  ...input
}: { label: string; path: string; hint?: string } & Omit<ComponentProps<'input'>, 'id'>) {
  const id = useId();
  const { failure, register } = useContext(FormContext);
  useEffect(() => register(path), [register, path]);
  const message = failure?.violations[path];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={path}
        aria-invalid={message !== undefined}
        aria-describedby={message !== undefined || hint ? `${id}-note` : undefined}
        {...input}
      />
      {message !== undefined ? (
        <p className="field-fault" id={`${id}-note`}>
          {message}
        </p>
      ) : (
        hint && (
          <p className="field-hint" id={`${id}-note`}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** The submit button. It is disabled while the action runs, and until a retry is allowed. */
export function Submit({ className = 'primary', children }: { className?: string; children: ReactNode }) {
  const { failure, isRunning } = useContext(FormContext);
  const seconds = useCountdown(failure);
  return (
    <button className={className} disabled={isRunning || seconds > 0} aria-busy={isRunning}>
      {children}
    </button>
  );
}

/** The buttons at the end of a form in a dialog. */
export function FormActions({ onCancel, children }: { onCancel: () => void; children: ReactNode }) {
  return (
    <div className="actions">
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      <Submit>{children}</Submit>
    </div>
  );
}

/** Returns the trimmed text of a field; null if it is empty. */
export function textOf(data: FormData, path: string): string | null {
  return String(data.get(path) ?? '').trim() || null;
}
