// Who is signed in.

import { post } from './transport.js';

const TOKEN = 'kennel.accessToken';

/** The notice that a token, thought to be valid, is not. */
export const TOKEN_ENDED = 'the access token is not valid any more';

/**
 * The account that the page is signed in to. The access token is kept for the browser's tab, and no longer. Whether it
 * is valid, and whose it is, only Kennel knows: the field `me` is asked whenever that may have changed. A "change"
 * event follows each change.
 */
export class Session extends EventTarget {
  /** The name of the account; null when signed out, or when it is not known yet. */
  name = null;

  /** What happened to the session without having been asked for; null if nothing did. */
  notice = null;

  /** The access token; null without one. */
  get token() {
    return sessionStorage.getItem(TOKEN);
  }

  /** The headers by which a request is this session's. */
  get headers() {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }

  /**
   * Goes on with another token.
   *
   * @param {string | null} token the access token; null if the server keeps it in a cookie
   */
  async take(token) {
    this.#keep(token);
    await this.ask();
  }

  /**
   * Asks Kennel whose the token is, and drops it if it is nobody's.
   *
   * @param {string | null} notice the notice for that case; null if it is to be expected
   */
  async ask(notice = null) {
    const asked = this.token;
    const answer = await post({ query: 'query WhoAmI { me { username } }' }, this.headers);
    if (this.token !== asked) {
      return;
    }
    const name = answer.data?.me?.username ?? null;
    if (name !== null) {
      this.#become(name, null);
    } else if (isUnauthenticated(answer) || answer.data?.me === null) {
      this.#keep(null);
      this.#become(null, asked === null ? null : notice);
    } else {
      this.#become(this.name, answer.errors?.[0]?.message ?? 'Kennel does not say who is signed in');
    }
  }

  /** Logs out. If that fails, the notice says why, and the token stays. */
  async signOut() {
    const asked = this.token;
    const answer = await post({ query: 'mutation SignOut { logout { success } }' }, this.headers);
    if (this.token !== asked) {
      return;
    }
    if (answer.data?.logout?.success || isUnauthenticated(answer)) {
      this.#keep(null);
      this.#become(null, null);
    } else {
      this.#become(this.name, answer.errors?.[0]?.message ?? 'Kennel does not log out');
    }
  }

  #keep(token) {
    if (token === null) {
      sessionStorage.removeItem(TOKEN);
    } else {
      sessionStorage.setItem(TOKEN, token);
    }
  }

  #become(name, notice) {
    this.name = name;
    this.notice = notice;
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * Tells whether a field was refused for want of an account.
 *
 * @param {object} answer a GraphQL response
 * @returns {boolean} whether one of the errors is UNAUTHENTICATED
 */
export function isUnauthenticated(answer) {
  return answer.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? false;
}
