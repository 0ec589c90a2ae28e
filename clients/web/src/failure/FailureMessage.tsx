import { useEffect, useState } from 'react';

import type { Failure } from './explain.ts';

/** The seconds until an action may be tried again; 0 if it may be now. */
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

/** What has failed, and what can be done about it. Messages that stand at their inputs are not repeated. */
export function FailureMessage({
  failure,
  shown = [],
  onRepeat,
}: {
  failure: Failure | undefined;
  /** The paths whose messages are shown elsewhere. */
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
        // A screen reader is told once, not each second.
        <p aria-hidden="true">
          Again in <b>{seconds}</b> s.
        </p>
      )}
      {failure.isPassing && onRepeat && (
        <button type="button" className="quiet" disabled={seconds > 0} onClick={onRepeat}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The failure of what a screen is loaded with. After RATE_LIMITED, it is loaded again by itself. */
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
