// The session: log-ins, token refresh, and the headers that authenticate requests.

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';

import {
  FinishEmailLogInDocument,
  FinishLogInDocument,
  FinishPasskeyLogInDocument,
  LogInDocument,
  LogOutDocument,
  RefreshDocument,
  RequestEmailLogInDocument,
  SignUpDocument,
} from '../gql/graphql.js';
import type { ChallengeFragment, FinishLoginInput, LogInMutation, LoginInput, SignupInput, TokensFragment } from '../gql/graphql.js';
import { hasCode, hasReason, isRefreshable } from './errors.js';

/** The storage of a session that survives a reload, such as `localStorage`. */
export type TokenStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The stored part of a session. With the `cookie` driver, the tokens are null. */
interface StoredSession {
  userId: string;
  accessToken: string | null;
  refreshToken: string | null;
}

/** The result of a log-in: a user, or the challenge of a second factor. */
export type LogIn =
  | { user: TokensFragment['user']; challenge?: undefined }
  | { user?: undefined; challenge: ChallengeFragment };

const SESSION_KEY = 'kennel.session';

const DEVICE_KEY = 'kennel.device';

const BROWSER_KEY = 'kennel.browser';

/** The lifetime of an email log-in, in milliseconds, by the clock of this device: the service's clock may differ. */
const BROWSER_SECRET_LIFETIME = 10 * 60 * 1000;

/** The secret that binds an email log-in to this browser. */
interface BrowserSecret {
  value: string;
  expiresAt: number;
}

/**
 * A session. With the driver `jwt`, this object has the tokens; with `cookie`, the browser has them. Dispatches an
 * "ended" event when the session ends, or when another tab logs in to another account. After `logOut`, the event's
 * `detail` is `{ isLogOut: true }`.
 *
 * With a storage, all tabs share one session, its refreshes and its log-out. Any script on the page can read the
 * storage: serve the app with a Content-Security-Policy as Kennel does, or use cookies.
 */
export class Session extends EventTarget {
  /** Incremented when the tokens change, so that an operation can tell whether it was sent with the latest token. */
  generation = 0;

  #client: ApolloClient;
  /** Whether there is a session. With cookies, also true if there may be one: scripts can't read the cookies. */
  #open: boolean;
  #accessToken: string | null = null;
  #refreshToken: string | null = null;
  /** Kept after the session ends. It exempts this device from lockouts caused by failed log-ins elsewhere. */
  #deviceToken: string | null = null;
  /** The secret of an email log-in. Also in the storage, if any, for the tab that the link in the mail opens. */
  #browserSecret: BrowserSecret | null = null;
  #userId: string | null = null;
  #storage: TokenStorage | undefined;
  #refreshing: Promise<void> | undefined;
  #isLoggingOut = false;

  constructor({
    url,
    cookies,
    fetch,
    storage,
  }: {
    url: string;
    cookies: boolean;
    fetch: typeof globalThis.fetch;
    storage?: TokenStorage | undefined;
  }) {
    super();
    // A separate client without other links: a refresh must not wait for itself, nor be retried.
    this.#client = new ApolloClient({
      link: new HttpLink({ uri: url, fetch }),
      cache: new InMemoryCache(),
      defaultOptions: { mutate: { fetchPolicy: 'no-cache' } },
    });
    this.#open = cookies;
    this.#storage = storage;
    this.#deviceToken = storage?.getItem(DEVICE_KEY) ?? null;
    this.#adopt();
    this.#readBrowserSecret();
    if (storage) {
      globalThis.addEventListener?.('storage', (event) => {
        if (event.key === SESSION_KEY || event.key === null) {
          this.#adopt();
        }
      });
    }
  }

  /** Whether there is a session. With cookies, also true if there may be one: scripts can't read the cookies. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** The headers that authenticate a request. */
  headers(): Record<string, string> {
    return this.#accessToken === null ? {} : { Authorization: `Bearer ${this.#accessToken}` };
  }

  async signUp(input: SignupInput) {
    const { data } = await this.#client.mutate({ mutation: SignUpDocument, variables: { input } });
    return this.#finish(data?.signup);
  }

  /** Logs in. If the account has a second factor, returns a challenge instead of a user: see `finishLogIn`. */
  async logIn(input: LoginInput): Promise<LogIn> {
    const { data } = await this.#client.mutate({ mutation: LogInDocument, variables: { input: { deviceToken: this.#deviceToken, ...input } } });
    return this.#toLogIn(data?.beginLogin);
  }

  #toLogIn(result: LogInMutation['beginLogin'] | undefined): LogIn {
    return result?.__typename === 'LoginChallenge' ? { challenge: result } : { user: this.#finish(result) };
  }

  /** Completes a log-in with the token of its challenge, and a one-time code or a recovery code. */
  async finishLogIn(input: FinishLoginInput) {
    const { data } = await this.#client.mutate({ mutation: FinishLogInDocument, variables: { input: { deviceToken: this.#deviceToken, ...input } } });
    return this.#finish(data?.finishLogin);
  }

  /**
   * Logs in with a passkey. `credential` is the JSON of the credential that `navigator.credentials.get` returns for the
   * options of `beginPasskeyLogin`.
   */
  async logInWithPasskey(credential: string) {
    const { data } = await this.#client.mutate({
      mutation: FinishPasskeyLogInDocument,
      variables: { input: { credential, deviceToken: this.#deviceToken } },
    });
    return this.#finish(data?.finishPasskeyLogin);
  }

  /** Requests a log-in mail. The log-in must be completed in this browser: see `finishEmailLogIn`. */
  async requestEmailLogIn(email: string) {
    const { data } = await this.#client.mutate({ mutation: RequestEmailLogInDocument, variables: { input: { email } } });
    const value = data?.requestEmailLogin?.browserSecret ?? null;
    if (value !== null) {
      this.#browserSecret = { value, expiresAt: Date.now() + BROWSER_SECRET_LIFETIME };
      this.#storage?.setItem(BROWSER_KEY, JSON.stringify(this.#browserSecret));
    }
  }

  /** Logs in with the code of the mail, or with the token of its link. May return a challenge, as `logIn` does. */
  async finishEmailLogIn(proof: { code: string } | { token: string }): Promise<LogIn> {
    const browserSecret = this.#readBrowserSecret();
    const { data } = await this.#client.mutate({
      mutation: FinishEmailLogInDocument,
      variables: { input: { ...proof, browserSecret, deviceToken: this.#deviceToken } },
    });
    this.#removeBrowserSecret();
    return this.#toLogIn(data?.finishEmailLogin);
  }

  /** With a storage, reads the secret there: another tab may have requested the latest mail. */
  #readBrowserSecret(): string | null {
    const secret = this.#storage ? readBrowserSecret(this.#storage) : this.#browserSecret;
    if (!secret || Date.now() >= secret.expiresAt) {
      this.#removeBrowserSecret();
      return null;
    }
    return secret.value;
  }

  /** Removes the secret when it has expired, and after any log-in or log-out. */
  #removeBrowserSecret() {
    this.#browserSecret = null;
    this.#storage?.removeItem(BROWSER_KEY);
  }

  /**
   * Logs out. Discards the tokens even if the request fails. An error means that the session may still exist on the
   * service, where its tokens or cookies remain valid.
   */
  async logOut() {
    const logOut = () => this.#client.mutate({ mutation: LogOutDocument, context: { headers: this.headers() } });
    this.#isLoggingOut = true;
    try {
      await logOut().catch(async (error) => {
        if (!isRefreshable(error)) {
          throw error;
        }
        // The mutation `logout` needs a valid token.
        await this.refresh(this.generation, error);
        await logOut();
      });
    } catch (error) {
      if (this.#open && !hasCode(error, 'UNAUTHENTICATED')) {
        throw error;
      }
      // The session had already ended.
    } finally {
      this.#isLoggingOut = false;
      this.#removeBrowserSecret();
      if (this.#discard()) {
        this.dispatchEvent(new CustomEvent('ended', { detail: { isLogOut: true } }));
      }
    }
  }

  /**
   * Stores the device token that `changePassword` or `resetPassword` returns: a change of the password revokes the
   * previous one. Does nothing without a token, as with cookies.
   */
  keepDevice(deviceToken: string | null | undefined) {
    this.#deviceToken = deviceToken ?? this.#deviceToken;
    if (deviceToken) {
      this.#storage?.setItem(DEVICE_KEY, deviceToken);
    }
  }

  /**
   * Discards the tokens of a session that the service has ended, unless they are newer than `generation`. Does nothing
   * during `logOut`: Kennel may close the feed's connection before it responds to the log-out.
   */
  end(generation = this.generation) {
    if (!this.#isLoggingOut && generation === this.generation && this.#discard()) {
      // Deferred, so that the failed operations get their results before the listeners run.
      setTimeout(() => this.dispatchEvent(new Event('ended')));
    }
  }

  /**
   * Refreshes the access token. Concurrent calls share one request. Sends none if the token is newer than `generation`.
   * `refusal` is the error that makes the refresh necessary.
   */
  refresh(generation = this.generation, refusal?: unknown): Promise<void> {
    if (generation !== this.generation) {
      return Promise.resolve();
    }
    // An error about a token that this object does not have is about a cookie.
    this.#open ||= this.#accessToken === null && hasReason(refusal, 'TOKEN_EXPIRED', 'TOKEN_INVALID');
    this.#refreshing ??= this.#refreshOnce(generation).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Refreshes in one tab at a time, by a Web Lock: the other tabs adopt the new tokens from the storage. */
  #refreshOnce(generation: number): Promise<void> {
    const { locks } = globalThis.navigator ?? {};
    if (!this.#storage || !locks) {
      return this.#refresh();
    }
    return locks.request(SESSION_KEY, async () => {
      this.#adopt();
      return generation === this.generation ? this.#refresh() : undefined;
    });
  }

  /** Adopts the session that another tab has stored. */
  #adopt() {
    if (!this.#storage) {
      return;
    }
    const { userId = null, accessToken = null, refreshToken = null } = readSession(this.#storage);
    if (userId === this.#userId && accessToken === this.#accessToken && refreshToken === this.#refreshToken) {
      return;
    }
    const isUserChanged = this.#userId !== null && userId !== this.#userId;
    this.#userId = userId;
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.#open = userId !== null;
    this.generation += 1;
    if (isUserChanged) {
      this.dispatchEvent(new Event('ended'));
    }
  }

  async #refresh() {
    if (!this.#open) {
      throw new Error('There is no session.');
    }
    const { generation } = this;
    const input = this.#refreshToken === null ? null : { refreshToken: this.#refreshToken };
    try {
      const { data } = await this.#client.mutate({ mutation: RefreshDocument, variables: { input } });
      // A log-out or log-in during the request takes precedence.
      if (generation === this.generation) {
        this.#store(data?.refreshSession);
      }
    } catch (error) {
      if (hasCode(error, 'UNAUTHENTICATED')) {
        this.end(generation);
      }
      throw error;
    }
  }

  /** Stores the tokens of a completed log-in, and removes the secret of an email log-in. */
  #finish(tokens: TokensFragment | null | undefined) {
    const user = this.#store(tokens);
    this.#removeBrowserSecret();
    return user;
  }

  #store(tokens: TokensFragment | null | undefined) {
    if (!tokens) {
      throw new Error('The response has neither data nor errors.');
    }
    this.#accessToken = tokens.accessToken;
    this.#refreshToken = tokens.refreshToken;
    this.keepDevice(tokens.deviceToken);
    this.#userId = tokens.user.id;
    this.#open = true;
    this.generation += 1;
    const { accessToken, refreshToken, user } = tokens;
    this.#storage?.setItem(SESSION_KEY, JSON.stringify({ userId: user.id, accessToken, refreshToken }));
    return user;
  }

  /** Discards the tokens. Returns whether there was a session. */
  #discard(): boolean {
    const wasOpen = this.#open;
    this.#accessToken = null;
    this.#refreshToken = null;
    this.#userId = null;
    this.#open = false;
    this.generation += 1;
    this.#storage?.removeItem(SESSION_KEY);
    return wasOpen;
  }
}

/** Returns the stored session; empty if it is missing or malformed. */
function readSession(storage: TokenStorage): Partial<StoredSession> {
  try {
    return (JSON.parse(storage.getItem(SESSION_KEY) ?? '{}') as StoredSession | null) ?? {};
  } catch {
    return {};
  }
}

/** Returns the stored secret of an email log-in; null if it is missing or malformed. */
function readBrowserSecret(storage: TokenStorage): BrowserSecret | null {
  try {
    const { value, expiresAt } = (JSON.parse(storage.getItem(BROWSER_KEY) ?? '{}') as Partial<BrowserSecret> | null) ?? {};
    return typeof value === 'string' && typeof expiresAt === 'number' ? { value, expiresAt } : null;
  } catch {
    return null;
  }
}
