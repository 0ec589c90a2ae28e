import { createContext, useContext, useEffect, useId, useMemo, useRef } from 'react';
import type { ComponentProps, ReactNode } from 'react';

import type { Failure } from '../failure/explain.ts';
import { FailureMessage, useCountdown } from '../failure/FailureMessage.tsx';
import type { Action } from '../failure/useAction.ts';

interface FormState {
  failure: Failure | undefined;
  isRunning: boolean;
  /** Tells the form that a message has its place, and when it has none any more. */
  show(path: string): () => void;
}

const FormContext = createContext<FormState>({ failure: undefined, isRunning: false, show: () => () => {} });

/** A form of one action, whose inputs show what is wrong with them. By default, "Try again" submits it as it stands. */
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
  const shown = useRef(new Set<string>());
  const { failure, isRunning } = action;
  const state = useMemo(
    () => ({
      failure,
      isRunning,
      show(path: string) {
        shown.current.add(path);
        return () => void shown.current.delete(path);
      },
    }),
    [failure, isRunning],
  );
  // Where the first fault is, the person goes on.
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
          shown={[...shown.current]}
          onRepeat={onRepeat ?? (() => form.current?.requestSubmit())}
        />
      </form>
    </FormContext>
  );
}

/** An input with its label, and with the message of the violation that has its path. */
export function Field({
  label,
  path,
  hint,
  ...input
}: { label: string; path: string; hint?: string } & Omit<ComponentProps<'input'>, 'id'>) {
  const id = useId();
  const { failure, show } = useContext(FormContext);
  useEffect(() => show(path), [show, path]);
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

/** The button that sends the form; it waits as long as Kennel asks to. */
export function Submit({ className = 'primary', children }: { className?: string; children: ReactNode }) {
  const { failure, isRunning } = useContext(FormContext);
  const seconds = useCountdown(failure);
  return (
    <button className={className} disabled={isRunning || seconds > 0} aria-busy={isRunning}>
      {children}
    </button>
  );
}

/** The end of a form in a dialog. */
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

/** The text of a field; null if it is empty. */
export function textOf(data: FormData, path: string): string | null {
  return String(data.get(path) ?? '').trim() || null;
}
