// The session of the page.

import { post } from './transport.js';

const ACCESS_TOKEN = 'kennel.accessToken';

const REFRESH_TOKEN = 'kennel.refreshToken';

const DEVICE_TOKEN = 'kennel.deviceToken';

/** The notice that a session has ended unexpectedly. */
export const SESSION_ENDED = 'the session has ended';

const WHO_AM_I = 'query WhoAmI { me { username } }';

const REFRESH =
  'mutation Refresh($input: RefreshSessionInput) { refreshSession(input: $input) { accessToken refreshToken } }';

const SIGN_OUT = 'mutation SignOut { logout { success } }';

/**
 * The account that the page is signed in to. The tokens are kept for the browser's tab, and no longer; or they are in
 * cookies that no page can read. Only Kennel knows whether they are valid, and for which account: the field `me` is
 * queried whenever that may have changed. A "change" event follows each change.
 */
export class Session extends EventTarget {
  /** The name of the account; null when signed out, or when it is not known yet. */
  name = null;

  /** The notice of an unexpected change of the session, or null. */
  notice = null;

  /** The promise of a renewal in progress, or null. */
  #renewal = null;

  /** The access token; null without one, or if it is in a cookie. */
  get token() {
    return sessionStorage.getItem(ACCESS_TOKEN);
  }

  /** The proof that the browser has logged in before, which outlives the session and the tab, or null. */
  get deviceToken() {
    return localStorage.getItem(DEVICE_TOKEN);
  }

  /** Whether there is, or seems to be, a session. */
  get isOpen() {
    return this.token !== null || this.name !== null;
  }

  /** The headers that authenticate a request. */
  get headers() {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }

  /**
   * Stores a device token, in place of the previous one.
   *
   * @param {string | null} deviceToken the device token; null if it is in a cookie, or not known
   */
  keepDevice(deviceToken) {
    if (deviceToken !== null) {
      localStorage.setItem(DEVICE_TOKEN, deviceToken);
    }
  }

  /**
   * Continues with other tokens.
   *
   * @param {string | null} accessToken the access token; null if it is in a cookie
   * @param {string | null} refreshToken the refresh token; null if it is in a cookie, or not known
   * @param {string | null} deviceToken the device token; null if it is in a cookie, or not known
   */
  async take(accessToken, refreshToken = null, deviceToken = null) {
    this.keepDevice(deviceToken);
    this.#keep(accessToken, refreshToken);
    await this.ask();
  }

  /**
   * Queries the account of the session. A session whose access token has expired is refreshed; if that is refused, or the
   * session has ended, the page is signed out.
   *
   * @param {string | null} notice the notice for that case; null if it is to be expected
   * @param {boolean} mayRefresh false if the session has been ended, so that a refresh would be refused
   * @returns {Promise<boolean>} whether there is a new access token
   */
  async ask(notice = null, mayRefresh = true) {
    const asked = this.token;
    const response = await this.#post({ query: WHO_AM_I });
    if (this.token !== asked) {
      return false;
    }
    const name = response.data?.me?.username ?? null;
    if (name !== null) {
      this.#become(name, null);
    } else if (isRefreshable(response) && mayRefresh) {
      // There is a token, if only in a cookie, and it is not valid.
      return this.#refresh(notice);
    } else if (isUnauthenticated(response) || response.data?.me === null) {
      const wasOpen = this.isOpen;
      this.#keep(null, null);
      this.#become(null, wasOpen ? notice : null);
    } else {
      this.#become(this.name, response.errors?.[0]?.message ?? 'The account could not be queried');
    }
    return false;
  }

  /**
   * Refreshes the access token if an operation was refused without a valid one: once for all concurrent calls.
   *
   * @param {object} response the response of the operation
   * @returns {Promise<boolean>} whether there is a new access token, so that the operation can be sent again
   */
  async renew(response) {
    if (!isRefreshable(response) && !hasReason(response, 'SESSION_ENDED')) {
      return false;
    }
    this.#renewal ??= this.ask(SESSION_ENDED).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** Logs out, and forgets the tokens in any case. If Kennel may not know of it, the notice says why. */
  async signOut() {
    const asked = this.token;
    let response = await this.#post({ query: SIGN_OUT });
    if (this.token !== asked) {
      return;
    }
    let failure = null;
    if (isRefreshable(response)) {
      // Logging out needs a valid token.
      response = (await this.#refresh(null)) ? await this.#post({ query: SIGN_OUT }) : response;
      failure = this.notice;
    }
    if (!response.data?.logout?.success && !isUnauthenticated(response)) {
      failure = response.errors?.[0]?.message ?? 'The log-out failed';
    }
    this.#keep(null, null);
    this.#become(null, failure);
  }

  async #refresh(notice) {
    const refreshToken = sessionStorage.getItem(REFRESH_TOKEN);
    if (this.token === null || refreshToken !== null) {
      const input = refreshToken === null ? null : { refreshToken };
      // Without the access token, which is not valid.
      const response = await post({ query: REFRESH, variables: { input } });
      const tokens = response.data?.refreshSession;
      if (tokens) {
        this.#keep(tokens.accessToken, tokens.refreshToken);
        const { data } = await this.#post({ query: WHO_AM_I });
        this.#become(data?.me?.username ?? null, null);
        return true;
      }
      if (!isUnauthenticated(response)) {
        this.#become(this.name, response.errors?.[0]?.message ?? 'The session could not be refreshed');
        return false;
      }
    }
    this.#keep(null, null);
    this.#become(null, notice);
    return false;
  }

  #post(body) {
    return post(body, this.headers);
  }

  #keep(accessToken, refreshToken) {
    for (const [name, token] of [
      [ACCESS_TOKEN, accessToken],
      [REFRESH_TOKEN, refreshToken],
    ]) {
      if (token === null) {
        sessionStorage.removeItem(name);
      } else {
        sessionStorage.setItem(name, token);
      }
    }
  }

  #become(name, notice) {
    this.name = name;
    this.notice = notice;
    this.dispatchEvent(new Event('change'));
  }
}

/** Returns whether a field was refused for one of these reasons. */
function hasReason(response, ...reasons) {
  return response.errors?.some(({ extensions }) => reasons.includes(extensions?.reason)) ?? false;
}

/** Returns whether a new access token may help: not after a wrong password, nor once the session has ended. */
function isRefreshable(response) {
  return hasReason(response, 'TOKEN_MISSING', 'TOKEN_EXPIRED', 'TOKEN_INVALID');
}

/**
 * Returns whether a field was refused because it needs an account.
 *
 * @param {object} response a GraphQL response
 * @returns {boolean} whether one of the errors is UNAUTHENTICATED
 */
function isUnauthenticated(response) {
  return response.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? false;
}
