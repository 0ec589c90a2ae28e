// Who is signed in, and how requests say so.

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';

import { graphql } from '../gql/index.js';
import type { LoginInput, SignupInput, TokensFragment } from '../gql/graphql.js';
import { hasCode, hasReason, isRefreshable } from './errors.js';

export const TOKENS = graphql(`
  fragment Tokens on AuthPayload {
    accessToken
    refreshToken
    deviceToken
    user {
      id
      username
    }
  }
`);

const SIGN_UP = graphql(`
  mutation SignUp($input: SignupInput!) {
    signup(input: $input) {
      ...Tokens
    }
  }
`);

const LOG_IN = graphql(`
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      ...Tokens
    }
  }
`);

const REFRESH = graphql(`
  mutation Refresh($input: RefreshSessionInput) {
    refreshSession(input: $input) {
      ...Tokens
    }
  }
`);

const LOG_OUT = graphql(`
  mutation LogOut {
    logout {
      success
    }
  }
`);

/**
 * A session with either of Kennel's drivers: with `jwt`, this object has the tokens, in memory only; with `cookie`, the
 * browser has them. An "ended" event tells that the person has to log in again.
 */
export class Session extends EventTarget {
  /** Counts up with each new access token, so that an operation can tell whether it was sent with the latest. */
  generation = 0;

  #client: ApolloClient;
  #cookies: boolean;
  /** Whether there is a session, or may be one: with cookies, only Kennel knows. */
  #open: boolean;
  #accessToken: string | null = null;
  #refreshToken: string | null = null;
  /**
   * Outlives the session: strangers who guess at the account's password can't keep this device from logging in. An app
   * that is to be known after a reload, too, stores it.
   */
  #deviceToken: string | null = null;
  #refreshing: Promise<void> | undefined;

  constructor({ url, cookies, fetch }: { url: string; cookies: boolean; fetch: typeof globalThis.fetch }) {
    super();
    // A client of its own, without any other link: a refresh must not wait for itself, nor be repeated.
    this.#client = new ApolloClient({
      link: new HttpLink({ uri: url, fetch }),
      cache: new InMemoryCache(),
      defaultOptions: { mutate: { fetchPolicy: 'no-cache' } },
    });
    this.#cookies = cookies;
    this.#open = cookies;
  }

  /** The headers by which a request is this session's. */
  headers(): Record<string, string> {
    return this.#accessToken === null ? {} : { Authorization: `Bearer ${this.#accessToken}` };
  }

  async signUp(input: SignupInput) {
    const { data } = await this.#client.mutate({ mutation: SIGN_UP, variables: { input } });
    return this.#take(data?.signup);
  }

  async logIn(input: LoginInput) {
    const { data } = await this.#client.mutate({ mutation: LOG_IN, variables: { input: { deviceToken: this.#deviceToken, ...input } } });
    return this.#take(data?.login);
  }

  /**
   * Logs out, and forgets the session in any case. An error says that Kennel may not know of it: then the session
   * goes on for a program that has its tokens, and so does the browser with its cookies.
   */
  async logOut() {
    const logOut = () => this.#client.mutate({ mutation: LOG_OUT, context: { headers: this.headers() } });
    try {
      await logOut().catch(async (error) => {
        if (!isRefreshable(error)) {
          throw error;
        }
        // To end a session takes a token that is good.
        await this.refresh(this.generation, error);
        await logOut();
      });
    } catch (error) {
      if (this.#open && !hasCode(error, 'UNAUTHENTICATED')) {
        throw error;
      }
      // It had ended elsewhere.
    } finally {
      if (this.#forget()) {
        this.dispatchEvent(new Event('ended'));
      }
    }
  }

  /**
   * Keeps the device token that `changePassword` or `resetPassword` has returned: the one before has ended with the old
   * password. With cookies there is none to keep.
   */
  keepDevice(deviceToken: string | null | undefined) {
    this.#deviceToken = deviceToken ?? this.#deviceToken;
  }

  /** Forgets a session that has ended elsewhere, unless there is a newer one than that of `generation`. */
  end(generation = this.generation) {
    if (generation === this.generation && this.#forget()) {
      // The operations that have found out get their answers before anybody reacts to it.
      setTimeout(() => this.dispatchEvent(new Event('ended')));
    }
  }

  /**
   * Gets a new access token: once, for however many ask at the same time, and not at all if there is a newer one than
   * that of `generation`. `refusal` is the error for which it is needed.
   */
  refresh(generation = this.generation, refusal?: unknown): Promise<void> {
    if (generation !== this.generation) {
      return Promise.resolve();
    }
    // The browser has got cookies in another tab.
    this.#open ||= this.#cookies && hasReason(refusal, 'TOKEN_EXPIRED', 'TOKEN_INVALID');
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh() {
    if (!this.#open) {
      throw new Error('Nobody is signed in.');
    }
    const { generation } = this;
    const input = this.#refreshToken === null ? null : { refreshToken: this.#refreshToken };
    try {
      const { data } = await this.#client.mutate({ mutation: REFRESH, variables: { input } });
      // A log-out, or another log-in, since then is not undone.
      if (generation === this.generation) {
        this.#take(data?.refreshSession);
      }
    } catch (error) {
      if (hasCode(error, 'UNAUTHENTICATED')) {
        this.end(generation);
      }
      throw error;
    }
  }

  #take(tokens: TokensFragment | null | undefined) {
    if (!tokens) {
      throw new Error('An answer without data and without errors.');
    }
    this.#accessToken = tokens.accessToken;
    this.#refreshToken = tokens.refreshToken;
    this.keepDevice(tokens.deviceToken);
    this.#open = true;
    this.generation += 1;
    return tokens.user;
  }

  /** Tells whether there was anything to forget. */
  #forget(): boolean {
    const wasOpen = this.#open;
    this.#accessToken = null;
    this.#refreshToken = null;
    this.#open = false;
    this.generation += 1;
    return wasOpen;
  }
}
