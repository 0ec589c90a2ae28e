import { useEffect, useState } from 'react';

import type { Failure } from './explain.ts';

/** Counts down the seconds until a retry is allowed. Returns 0 if it is allowed now. */
export function useCountdown(failure: Failure | undefined): number {
  const notBefore = failure?.notBefore;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (notBefore === undefined) {
      return undefined;
    }
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [notBefore]);
  return notBefore === undefined ? 0 : Math.max(0, Math.ceil((notBefore - now) / 1000));
}

/** An alert with a failure's message, and a retry button if it is transient. Violations at inputs are not repeated. */
export function FailureMessage({
  failure,
  shown = [],
  onRepeat,
}: {
  failure: Failure | undefined;
  /** The paths of the violations that are shown at their inputs. */
  shown?: string[];
  onRepeat?: () => void;
}) {
  const seconds = useCountdown(failure);
  if (failure === undefined) {
    return null;
  }
  const rest = Object.entries(failure.violations).filter(([path]) => !shown.includes(path));
  if (Object.keys(failure.violations).length > 0 && rest.length === 0) {
    return null;
  }
  return (
    <div className="failure" role="alert" data-code={failure.code}>
      {rest.length > 0 ? rest.map(([path, message]) => <p key={path}>{message}</p>) : <p>{failure.message}</p>}
      {seconds > 0 && (
        // Hidden from screen readers, which would announce each second of an alert.
        <p aria-hidden="true">
          Again in <b>{seconds}</b> s.
        </p>
      )}
      {failure.isTransient && onRepeat && (
        <button type="button" className="quiet" disabled={seconds > 0} onClick={onRepeat}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The failure of a page's query. If the error has a `retryAfter`, the query is retried automatically after that time. */
export function LoadFailure({ failure, onRepeat }: { failure: Failure; onRepeat: () => void }) {
  const seconds = useCountdown(failure);
  const waits = failure.notBefore !== undefined;
  useEffect(() => {
    if (waits && seconds === 0 && failure.notBefore! <= Date.now()) {
      onRepeat();
    }
  }, [waits, seconds, failure, onRepeat]);
  return (
    <div className="empty">
      <FailureMessage failure={failure} onRepeat={onRepeat} />
    </div>
  );
}
