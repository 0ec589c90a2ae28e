/** What `signup`, `login` and `refreshSession` return of a session. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const REFRESH = `mutation ($input: RefreshSessionInput) {
  refreshSession(input: $input) { accessToken refreshToken }
}`;

/** A session, for as long as the page is open. */
export class Session {
  #url: string;
  #tokens: Tokens | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Begins with what `signup` or `login` has returned. */
  open(tokens: Tokens) {
    this.#tokens = tokens;
  }

  headers(): Record<string, string> {
    return this.#tokens ? { authorization: `Bearer ${this.#tokens.accessToken}` } : {};
  }

  /** Gets new tokens, once for all operations that ask meanwhile. Without a session any more, there are none. */
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

/** Tells whether an operation that has these errors may be sent again with a new access token. */
export function isRefreshable(errors: readonly object[] = []): boolean {
  return errors.some((error: { extensions?: { reason?: unknown } }) =>
    ['TOKEN_EXPIRED', 'TOKEN_INVALID'].includes(String(error.extensions?.reason)),
  );
}
