import { CloseCode, createClient } from 'graphql-ws';

import type { Session } from './session.ts';

/** Creates the WebSocket client for subscriptions. It reconnects after a close, with a new access token if necessary. */
export function createSocket(url: string, session: Session) {
  let isRefused = false;
  return createClient({
    url: url.replace(/^http/, 'ws'),
    shouldRetry: () => true,
    retryAttempts: Infinity,
    connectionParams: async () => {
      if (isRefused) {
        isRefused = false;
        // If the refresh fails, the old token is sent. Kennel refuses it again, which triggers another refresh.
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
