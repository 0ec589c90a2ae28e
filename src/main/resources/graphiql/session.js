// Who is signed in.

import { post } from './transport.js';

const ACCESS_TOKEN = 'kennel.accessToken';

const REFRESH_TOKEN = 'kennel.refreshToken';

const DEVICE_TOKEN = 'kennel.deviceToken';

/** The notice that a session, thought to go on, does not. */
export const SESSION_ENDED = 'the session has ended';

const WHO_AM_I = 'query WhoAmI { me { username } }';

const REFRESH =
  'mutation Refresh($input: RefreshSessionInput) { refreshSession(input: $input) { accessToken refreshToken } }';

const SIGN_OUT = 'mutation SignOut { logout { success } }';

/**
 * The account that the page is signed in to. The tokens are kept for the browser's tab, and no longer; or they are in
 * cookies that no page can read. Whether they are valid, and whose they are, only Kennel knows: the field `me` is asked
 * whenever that may have changed. A "change" event follows each change.
 */
export class Session extends EventTarget {
  /** The name of the account; null when signed out, or when it is not known yet. */
  name = null;

  /** What happened to the session without having been asked for; null if nothing did. */
  notice = null;

  /** The renewal that is under way; null if none is. */
  #renewal = null;

  /** The access token; null without one, or if it is in a cookie. */
  get token() {
    return sessionStorage.getItem(ACCESS_TOKEN);
  }

  /** What shows that the browser has signed in before; it outlives the session and the tab. Null if it has not. */
  get deviceToken() {
    return localStorage.getItem(DEVICE_TOKEN);
  }

  /** Whether there is, or seems to be, a session. */
  get isOpen() {
    return this.token !== null || this.name !== null;
  }

  /** The headers by which a request is this session's. */
  get headers() {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }

  /**
   * Keeps a device token, in place of the one before.
   *
   * @param {string | null} deviceToken the device token; null if it is in a cookie, or not known
   */
  keepDevice(deviceToken) {
    if (deviceToken !== null) {
      localStorage.setItem(DEVICE_TOKEN, deviceToken);
    }
  }

  /**
   * Goes on with other tokens.
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
   * Asks Kennel whose the session is. One whose access token is no good any more is refreshed; if that is refused, or the
   * session has ended, the page is signed out.
   *
   * @param {string | null} notice the notice for that case; null if it is to be expected
   * @param {boolean} mayRefresh false if the session has been ended, so that a refresh would be refused
   * @returns {Promise<boolean>} whether there is a new access token
   */
  async ask(notice = null, mayRefresh = true) {
    const asked = this.token;
    const answer = await this.#post({ query: WHO_AM_I });
    if (this.token !== asked) {
      return false;
    }
    const name = answer.data?.me?.username ?? null;
    if (name !== null) {
      this.#become(name, null);
    } else if (isRefreshable(answer) && mayRefresh) {
      // There is a token, if only in a cookie, and it is not valid.
      return this.#refresh(notice);
    } else if (isUnauthenticated(answer) || answer.data?.me === null) {
      const wasOpen = this.isOpen;
      this.#keep(null, null);
      this.#become(null, wasOpen ? notice : null);
    } else {
      this.#become(this.name, answer.errors?.[0]?.message ?? 'Kennel does not say who is signed in');
    }
    return false;
  }

  /**
   * Gets another access token if an operation was refused for want of one: once, for however many ask at the same time.
   *
   * @param {object} answer what the operation was answered
   * @returns {Promise<boolean>} whether there is a new access token, so that the operation can be sent again
   */
  async renew(answer) {
    if (!isRefreshable(answer) && !hasReason(answer, 'SESSION_ENDED')) {
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
    let answer = await this.#post({ query: SIGN_OUT });
    if (this.token !== asked) {
      return;
    }
    let failure = null;
    if (isRefreshable(answer)) {
      // To end a session takes a token that is good.
      answer = (await this.#refresh(null)) ? await this.#post({ query: SIGN_OUT }) : answer;
      failure = this.notice;
    }
    if (!answer.data?.logout?.success && !isUnauthenticated(answer)) {
      failure = answer.errors?.[0]?.message ?? 'Kennel does not log out';
    }
    this.#keep(null, null);
    this.#become(null, failure);
  }

  async #refresh(notice) {
    const refreshToken = sessionStorage.getItem(REFRESH_TOKEN);
    if (this.token === null || refreshToken !== null) {
      const input = refreshToken === null ? null : { refreshToken };
      // Without the access token: it is no good.
      const answer = await post({ query: REFRESH, variables: { input } });
      const tokens = answer.data?.refreshSession;
      if (tokens) {
        this.#keep(tokens.accessToken, tokens.refreshToken);
        const { data } = await this.#post({ query: WHO_AM_I });
        this.#become(data?.me?.username ?? null, null);
        return true;
      }
      if (!isUnauthenticated(answer)) {
        this.#become(this.name, answer.errors?.[0]?.message ?? 'Kennel does not refresh the session');
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

/** Tells whether a field was refused for one of some reasons. */
function hasReason(answer, ...reasons) {
  return answer.errors?.some(({ extensions }) => reasons.includes(extensions?.reason)) ?? false;
}

/** Tells whether a new access token may help. It does not against a wrong password, nor once the session has ended. */
function isRefreshable(answer) {
  return hasReason(answer, 'TOKEN_MISSING', 'TOKEN_EXPIRED', 'TOKEN_INVALID');
}

/**
 * Tells whether a field was refused for want of an account.
 *
 * @param {object} answer a GraphQL response
 * @returns {boolean} whether one of the errors is UNAUTHENTICATED
 */
function isUnauthenticated(answer) {
  return answer.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? false;
}
