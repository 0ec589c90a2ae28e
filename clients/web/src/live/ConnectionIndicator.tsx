import type { ConnectionState } from '@kennel/apollo';
import { useEffect, useState, useSyncExternalStore } from 'react';

import { connection } from '../kennel.ts';

const subscribe = (listener: () => void) => {
  connection.addEventListener('change', listener);
  return () => connection.removeEventListener('change', listener);
};

/** How long a connection may be lost before that is said, in milliseconds: most come back at once. */
const PATIENCE = 1_000;

/** Tells whether changes of other devices arrive: by a dot, and in words once they have not for a while. */
export function ConnectionIndicator() {
  const state: ConnectionState = useSyncExternalStore(subscribe, () => connection.state);
  const isLive = state === 'connected';
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    if (isLive) {
      setLost(false);
      return undefined;
    }
    const timer = setTimeout(() => setLost(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [isLive]);
  return (
    <p className="connection" role="status" data-state={isLive ? 'live' : isLost ? 'lost' : 'pending'}>
      {isLost ? 'Reconnecting…' : <span className="hidden">{isLive ? 'Live' : ''}</span>}
    </p>
  );
}
