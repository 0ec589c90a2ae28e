// The WebSocket of the change feed, and its state for a status indicator.

import type { Client, ClientOptions, Sink, SubscribePayload } from 'graphql-ws';

import type { Session } from './session.js';

/** `idle` without a subscription; `waiting` between two attempts to connect. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'waiting';

/** Milliseconds without a message until the connection is terminated. Kennel sends a ping every 12 seconds. */
const MESSAGE_TIMEOUT = 30_000;

/**
 * Opens the WebSocket for the first subscription and closes it after the last. Dispatches a "change" event when `state`
 * changes. Terminates the connection after missed pings, as after a phone's sleep; the link `resume` then reconnects.
 */
export class Connection extends EventTarget {
  /** The session's generation when the WebSocket was opened. A subscription may reuse an older WebSocket. */
  generation: number;

  readonly #options: ClientOptions;
  readonly #session: Session;
  #client: Promise<Client> | undefined;
  #state: ConnectionState = 'idle';

  constructor({ url, session, webSocket }: { url: string; session: Session; webSocket?: unknown }) {
    super();
    this.#session = session;
    this.generation = session.generation;
    this.#options = {
      url: url.replace(/^http/, 'ws'),
      retryAttempts: 0, // The link `resume` reconnects.
      connectionParams: () => session.headers(),
      ...(webSocket ? { webSocketImpl: webSocket } : {}),
    };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  setState(state: ConnectionState) {
    if (state !== this.#state) {
      this.#state = state;
      this.dispatchEvent(new Event('change'));
    }
  }

  /** Starts a subscription. Returns the function that unsubscribes. */
  subscribe(payload: SubscribePayload, sink: Sink<any>): () => void {
    let unsubscribe = () => {};
    let isUnsubscribed = false;
    this.#open().then(
      (client) => {
        if (!isUnsubscribed) {
          unsubscribe = client.subscribe(payload, sink);
        }
      },
      (error) => sink.error(error),
    );
    return () => {
      isUnsubscribed = true;
      unsubscribe();
    };
  }

  async dispose() {
    await (await this.#client)?.dispose();
  }

  #open(): Promise<Client> {
    this.#client ??= this.#create().catch((error) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  /** Imports graphql-ws lazily: apps without subscriptions do not load it. */
  async #create(): Promise<Client> {
    const { createClient } = await import('graphql-ws');
    const client = createClient(this.#options);
    let timeout: ReturnType<typeof setTimeout>;
    client.on('connecting', () => {
      this.generation = this.#session.generation;
      this.setState('connecting');
    });
    client.on('connected', () => this.setState('connected'));
    client.on('message', () => {
      clearTimeout(timeout);
      timeout = setTimeout(() => client.terminate(), MESSAGE_TIMEOUT);
    });
    client.on('closed', () => {
      clearTimeout(timeout);
      this.setState('idle');
    });
    return client;
  }
}
