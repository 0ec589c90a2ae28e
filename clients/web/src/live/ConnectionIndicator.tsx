import type { ConnectionState } from '@kennel/apollo';
import { useEffect, useState, useSyncExternalStore } from 'react';

import { connection } from '../kennel.ts';

const subscribe = (listener: () => void) => {
  connection.addEventListener('change', listener);
  return () => connection.removeEventListener('change', listener);
};

/** The delay before a lost connection is reported, in milliseconds: most connections are restored at once. */
const LOST_DELAY = 1_000;

/** Shows the state of the change feed's connection: a dot, and the text "Reconnecting…" after LOST_DELAY. */
export function ConnectionIndicator() {
  const state: ConnectionState = useSyncExternalStore(subscribe, () => connection.state);
  const isLive = state === 'connected';
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    if (isLive) {
      setLost(false);
      return undefined;
    }
    const timer = setTimeout(() => setLost(true), LOST_DELAY);
    return () => clearTimeout(timer);
  }, [isLive]);
  return (
    <p className="connection" role="status" data-state={isLive ? 'live' : isLost ? 'lost' : 'pending'}>
      {isLost ? 'Reconnecting…' : <span className="hidden">{isLive ? 'Live' : ''}</span>}
    </p>
  );
}
