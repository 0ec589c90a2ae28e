import { CloseCode, createClient } from 'graphql-ws';

import type { Session } from './session.ts';

/** The WebSocket of subscriptions. When it is closed, it is opened again, with a new access token if need be. */
export function createSocket(url: string, session: Session) {
  let isRefused = false;
  return createClient({
    url: url.replace(/^http/, 'ws'),
    shouldRetry: () => true,
    retryAttempts: Infinity,
    connectionParams: async () => {
      if (isRefused) {
        isRefused = false;
        // If Kennel can't be reached, the token is refused again, and this tried again.
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
