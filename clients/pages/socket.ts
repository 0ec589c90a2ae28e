import { CloseCode, createClient } from 'graphql-ws';

import type { Session } from './session.ts';

/** The WebSocket of subscriptions. It reconnects when it is closed, with a new access token if necessary. */
export function createSocket(url: string, session: Session) {
  let isRefused = false;
  return createClient({
    url: url.replace(/^http/, 'ws'),
    shouldRetry: () => true,
    retryAttempts: Infinity,
    connectionParams: async () => {
      if (isRefused) {
        isRefused = false;
        // If Kennel can't be reached, the token is refused again, and the refresh is retried.
        await session.refresh().catch(() => undefined);
      }
      return session.headers();
    },
    on: {
      closed: (event) => {
        isRefused ||= (event as CloseEvent).code === CloseCode.Forbidden;
      },
    },
  });
}
