// The WebSocket of the change feed, and its state, for an indicator.

import type { Client, ClientOptions, Sink, SubscribePayload } from 'graphql-ws';

import type { Session } from './session.js';

/** `idle` while nothing is followed; `waiting` between two attempts. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'waiting';

/** How long Kennel may say nothing, in milliseconds: it sends a ping every 12 seconds. */
const SILENCE = 30_000;

/**
 * A WebSocket that is opened when something is followed, and closed when nothing is any more. A "change" event follows
 * each change of its state. When Kennel says nothing any more, as after a telephone's sleep, the connection is given up.
 */
export class Connection extends EventTarget {
  /** The session's generation when the connection began, which may be before an operation that uses it. */
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
      retryAttempts: 0, // The link `resume` does it.
      connectionParams: () => session.headers(),
      ...(webSocket ? { webSocketImpl: webSocket } : {}),
    };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  become(state: ConnectionState) {
    if (state !== this.#state) {
      this.#state = state;
      this.dispatchEvent(new Event('change'));
    }
  }

  /** Sends a subscription. Returns the function that ends it. */
  subscribe(payload: SubscribePayload, sink: Sink<any>): () => void {
    let stop = () => {};
    let isStopped = false;
    this.#open().then(
      (client) => {
        if (!isStopped) {
          stop = client.subscribe(payload, sink);
        }
      },
      (error) => sink.error(error),
    );
    return () => {
      isStopped = true;
      stop();
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

  /** The WebSocket's code is loaded when it is needed. */
  async #create(): Promise<Client> {
    const { createClient } = await import('graphql-ws');
    const client = createClient(this.#options);
    let silence: ReturnType<typeof setTimeout>;
    client.on('connecting', () => {
      this.generation = this.#session.generation;
      this.become('connecting');
    });
    client.on('connected', () => this.become('connected'));
    client.on('message', () => {
      clearTimeout(silence);
      silence = setTimeout(() => client.terminate(), SILENCE);
    });
    client.on('closed', () => {
      clearTimeout(silence);
      this.become('idle');
    });
    return client;
  }
}
