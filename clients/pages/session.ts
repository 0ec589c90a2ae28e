/** The tokens that `signup`, `login` and `refreshSession` return. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const REFRESH = `mutation ($input: RefreshSessionInput) {
  refreshSession(input: $input) { accessToken refreshToken }
}`;

/** A session, which ends with the page. */
export class Session {
  #url: string;
  #tokens: Tokens | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Starts the session with the payload of `signup` or `login`. */
  open(tokens: Tokens) {
    this.#tokens = tokens;
  }

  headers(): Record<string, string> {
    return this.#tokens ? { authorization: `Bearer ${this.#tokens.accessToken}` } : {};
  }

  /** Refreshes the tokens. Concurrent operations share one request. If the session has ended, discards the tokens. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh() {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: REFRESH, variables: { input: { refreshToken: this.#tokens?.refreshToken } } }),
    });
    const { data } = (await response.json()) as { data?: { refreshSession: Tokens | null } };
    this.#tokens = data?.refreshSession ?? undefined;
  }
}

/** Returns whether an operation with these errors can be resent with a new access token. */
export function isRefreshable(errors: readonly object[] = []): boolean {
  return errors.some((error: { extensions?: { reason?: unknown } }) =>
    ['TOKEN_EXPIRED', 'TOKEN_INVALID'].includes(String(error.extensions?.reason)),
  );
}
