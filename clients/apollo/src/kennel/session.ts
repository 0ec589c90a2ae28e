// The session, and the headers of its requests.

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

/** Where a session outlives the page: `localStorage`. */
export type TokenStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The stored part of a session. With cookies, there are no tokens. */
interface StoredSession {
  userId: string;
  accessToken: string | null;
  refreshToken: string | null;
}

/** The result of a log-in. */
export type LogIn =
  | { user: TokensFragment['user']; challenge?: undefined }
  | { user?: undefined; challenge: ChallengeFragment };

const SESSION_KEY = 'kennel.session';

const DEVICE_KEY = 'kennel.device';

const BROWSER_KEY = 'kennel.browser';

/** How long a log-in by mail can be finished, by the clock of this device: it may differ from that of the service. */
const BROWSER_SECRET_LIFETIME = 10 * 60 * 1000;

/** The secret of a log-in by mail. */
interface BrowserSecret {
  value: string;
  expiresAt: number;
}

/**
 * A session with either of Kennel's drivers: with `jwt`, this object has the tokens; with `cookie`, the browser has them.
 * An "ended" event tells that the person has to log in again, or is another one now; after `logOut`, its `detail` has
 * `isLogOut`.
 *
 * With a storage, all tabs of the browser have one session: one refreshes it for all, and a log-out or another log-in is
 * that of all of them. A script that runs on the page can read the storage: serve the app with a Content-Security-Policy
 * as Kennel does, or use cookies.
 */
export class Session extends EventTarget {
  /** Counts up with each new access token, so that an operation can tell whether it was sent with the latest. */
  generation = 0;

  #client: ApolloClient;
  /** Whether there is a session, or may be one: with cookies, only Kennel knows. */
  #open: boolean;
  #accessToken: string | null = null;
  #refreshToken: string | null = null;
  /** Outlives the session: failed log-ins elsewhere do not lock this device out. */
  #deviceToken: string | null = null;
  /** The secret of a log-in by mail; with a storage, it is there, so that the link of the mail finds it in another tab. */
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
    // A client of its own, without any other link: a refresh must not wait for itself, nor be repeated.
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

  /** Whether there is a session, or may be one. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** The headers that authenticate a request. */
  headers(): Record<string, string> {
    return this.#accessToken === null ? {} : { Authorization: `Bearer ${this.#accessToken}` };
  }

  async signUp(input: SignupInput) {
    const { data } = await this.#client.mutate({ mutation: SignUpDocument, variables: { input } });
    return this.#take(data?.signup);
  }

  /** Logs in. Where the account needs a second factor, there is a challenge instead of a user: see `finishLogIn`. */
  async logIn(input: LoginInput): Promise<LogIn> {
    const { data } = await this.#client.mutate({ mutation: LogInDocument, variables: { input: { deviceToken: this.#deviceToken, ...input } } });
    return this.#begin(data?.beginLogin);
  }

  #begin(result: LogInMutation['beginLogin'] | undefined): LogIn {
    return result?.__typename === 'LoginChallenge' ? { challenge: result } : { user: this.#take(result) };
  }

  /** Finishes a log-in with the token of its challenge, and a code of the second factor or a recovery code. */
  async finishLogIn(input: FinishLoginInput) {
    const { data } = await this.#client.mutate({ mutation: FinishLogInDocument, variables: { input: { deviceToken: this.#deviceToken, ...input } } });
    return this.#take(data?.finishLogin);
  }

  /**
   * Logs in with a passkey: `credential` is the JSON of what `navigator.credentials.get` returns for the options of
   * `beginPasskeyLogin`.
   */
  async logInWithPasskey(credential: string) {
    const { data } = await this.#client.mutate({
      mutation: FinishPasskeyLogInDocument,
      variables: { input: { credential, deviceToken: this.#deviceToken } },
    });
    return this.#take(data?.finishPasskeyLogin);
  }

  /** Requests a mail to log in with, in this browser: see `finishEmailLogIn`. */
  async requestEmailLogIn(email: string) {
    const { data } = await this.#client.mutate({ mutation: RequestEmailLogInDocument, variables: { input: { email } } });
    const value = data?.requestEmailLogin?.browserSecret ?? null;
    if (value !== null) {
      this.#browserSecret = { value, expiresAt: Date.now() + BROWSER_SECRET_LIFETIME };
      this.#storage?.setItem(BROWSER_KEY, JSON.stringify(this.#browserSecret));
    }
  }

  /** Logs in with the code of the mail, or with the token of its link. There may be a challenge, as after `logIn`. */
  async finishEmailLogIn(proof: { code: string } | { token: string }): Promise<LogIn> {
    const browserSecret = this.#readBrowserSecret();
    const { data } = await this.#client.mutate({
      mutation: FinishEmailLogInDocument,
      variables: { input: { ...proof, browserSecret, deviceToken: this.#deviceToken } },
    });
    this.#forgetBrowserSecret();
    return this.#begin(data?.finishEmailLogin);
  }

  /** Another tab may have requested the latest mail. */
  #readBrowserSecret(): string | null {
    const secret = this.#storage ? readBrowserSecret(this.#storage) : this.#browserSecret;
    if (!secret || Date.now() >= secret.expiresAt) {
      this.#forgetBrowserSecret();
      return null;
    }
    return secret.value;
  }

  /** Once it has expired, or after any log-in or log-out. */
  #forgetBrowserSecret() {
    this.#browserSecret = null;
    this.#storage?.removeItem(BROWSER_KEY);
  }

  /**
   * Logs out, and forgets the session in any case. An error says that Kennel may not know of it: then the session
   * goes on for a program that has its tokens, and so does the browser with its cookies.
   */
  async logOut() {
    const logOut = () => this.#client.mutate({ mutation: LogOutDocument, context: { headers: this.headers() } });
    this.#isLoggingOut = true;
    try {
      await logOut().catch(async (error) => {
        if (!isRefreshable(error)) {
          throw error;
        }
        // Logging out needs a valid token.
        await this.refresh(this.generation, error);
        await logOut();
      });
    } catch (error) {
      if (this.#open && !hasCode(error, 'UNAUTHENTICATED')) {
        throw error;
      }
      // It had ended elsewhere.
    } finally {
      this.#isLoggingOut = false;
      this.#forgetBrowserSecret();
      if (this.#forget()) {
        this.dispatchEvent(new CustomEvent('ended', { detail: { isLogOut: true } }));
      }
    }
  }

  /**
   * Keeps the device token that `changePassword` or `resetPassword` has returned: the one before has ended with the old
   * password. With cookies there is none to keep.
   */
  keepDevice(deviceToken: string | null | undefined) {
    this.#deviceToken = deviceToken ?? this.#deviceToken;
    if (deviceToken) {
      this.#storage?.setItem(DEVICE_KEY, deviceToken);
    }
  }

  /**
   * Forgets a session that has ended elsewhere, unless there is a newer one than that of `generation`. During a log-out it
   * does nothing: the feed's connection may be closed before the response to the log-out, and that is the same end.
   */
  end(generation = this.generation) {
    if (!this.#isLoggingOut && generation === this.generation && this.#forget()) {
      // The failed operations get their results before listeners react.
      setTimeout(() => this.dispatchEvent(new Event('ended')));
    }
  }

  /**
   * Refreshes the access token: once for all concurrent calls, and not at all if there is a newer one than that of
   * `generation`. `refusal` is the error for which it is needed.
   */
  refresh(generation = this.generation, refusal?: unknown): Promise<void> {
    if (generation !== this.generation) {
      return Promise.resolve();
    }
    // A token that is not here is in a cookie.
    this.#open ||= this.#accessToken === null && hasReason(refusal, 'TOKEN_EXPIRED', 'TOKEN_INVALID');
    this.#refreshing ??= this.#refreshOnce(generation).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** A refresh token is used by one tab; the others take over what that one gets. */
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

  /** Takes over what another tab has stored. */
  #adopt() {
    if (!this.#storage) {
      return;
    }
    const { userId = null, accessToken = null, refreshToken = null } = readSession(this.#storage);
    if (userId === this.#userId && accessToken === this.#accessToken && refreshToken === this.#refreshToken) {
      return;
    }
    const wasOther = this.#userId !== null && userId !== this.#userId;
    this.#userId = userId;
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.#open = userId !== null;
    this.generation += 1;
    if (wasOther) {
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
      // A log-out, or another log-in, since then is not undone.
      if (generation === this.generation) {
        this.#keep(data?.refreshSession);
      }
    } catch (error) {
      if (hasCode(error, 'UNAUTHENTICATED')) {
        this.end(generation);
      }
      throw error;
    }
  }

  /** Takes the tokens of a log-in. */
  #take(tokens: TokensFragment | null | undefined) {
    const user = this.#keep(tokens);
    this.#forgetBrowserSecret();
    return user;
  }

  #keep(tokens: TokensFragment | null | undefined) {
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

  /** Returns whether there was a session to forget. */
  #forget(): boolean {
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

/** The stored session; nothing if that is not valid. */
function readSession(storage: TokenStorage): Partial<StoredSession> {
  try {
    return (JSON.parse(storage.getItem(SESSION_KEY) ?? '{}') as StoredSession | null) ?? {};
  } catch {
    return {};
  }
}

/** The stored secret of a log-in by mail; null if there is none, or it has another form. */
function readBrowserSecret(storage: TokenStorage): BrowserSecret | null {
  try {
    const { value, expiresAt } = (JSON.parse(storage.getItem(BROWSER_KEY) ?? '{}') as Partial<BrowserSecret> | null) ?? {};
    return typeof value === 'string' && typeof expiresAt === 'number' ? { value, expiresAt } : null;
  } catch {
    return null;
  }
}
