import { createContext, useCallback, useContext, useState } from 'react';
import type { ReactNode } from 'react';

/** A message about a completed or failed action. `undo` reverts the action, if that is possible. */
interface Toast {
  message: string;
  undo?: () => void;
  isFault?: boolean;
}

const ToastContext = createContext<(toast: Toast) => void>(() => {});

/** The duration of a toast, in milliseconds. It is paused while the toast has the pointer or the focus. */
const DURATION = 8_000;

/** Returns the function that shows a toast. */
export function useToast() {
  return useContext(ToastContext);
}

/** Provides `useToast` to its children, and renders the toasts after them. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<(Toast & { id: number })[]>([]);
  const show = useCallback((toast: Toast) => {
    setToasts((current) => [...current.slice(-2), { ...toast, id: (current.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const hide = (id: number) => setToasts((current) => current.filter((toast) => toast.id !== id));
  return (
    <ToastContext value={show}>
      {children}
      <section className="toasts" aria-label="Messages" role="status">
        {toasts.map(({ id, message, undo, isFault }) => (
          <div
            key={id}
            className={isFault ? 'toast fault' : 'toast'}
            style={{ animationDuration: `${DURATION}ms` }}
            onAnimationEnd={() => hide(id)}
          >
            <span>{message}</span>
            {undo && (
              <button
                type="button"
                onClick={() => {
                  hide(id);
                  undo();
                }}
              >
                Undo
              </button>
            )}
            <button type="button" className="icon" aria-label="Dismiss" onClick={() => hide(id)}>
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="m3 3 10 10M13 3 3 13" />
              </svg>
            </button>
          </div>
        ))}
      </section>
    </ToastContext>
  );
}
