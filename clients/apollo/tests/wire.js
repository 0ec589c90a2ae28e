// Emulates a browser's cookies for `fetch` and WebSockets, records requests, and expires access tokens.

import WebSocket from 'ws';

/**
 * Stores cookies, records requests, and corrupts access tokens after `expireTokens`, so that the service refuses them as it
 * refuses expired tokens.
 */
export class Wire {
  /** The HTTP requests in order: their GraphQL members, methods and headers. */
  requests = [];

  #held = new Map();
  #opening = () => {};
  #cookies = new Map();
  #current = new Set();
  #expired = new Set();

  /** Expires all access tokens that were issued so far. */
  expireTokens() {
    this.#current.forEach((token) => this.#expired.add(token));
  }

  /** Delays the next response of an operation until the returned function is called. */
  hold(operationName) {
    let release;
    this.#held.set(operationName, new Promise((resolve) => (release = resolve)));
    return release;
  }

  /** Waits until a WebSocket is opened. */
  opening() {
    return new Promise((resolve) => (this.#opening = resolve));
  }

  /** Returns the number of requests with an operation. */
  count(operationName) {
    return this.requests.filter((request) => request.operationName === operationName).length;
  }

  fetch = async (url, options) => {
    const headers = new Headers(options.headers);
    const members = options.body ? JSON.parse(options.body) : Object.fromEntries(new URL(url).searchParams);
    this.requests.push({ ...members, method: options.method, headers });
    if (this.#cookies.size > 0) {
      headers.set('Cookie', this.#cookieHeader());
    }
    if (headers.has('Authorization')) {
      headers.set('Authorization', this.#spoil(headers.get('Authorization')));
    }
    const response = await fetch(url, { ...options, headers });
    const held = this.#held.get(members.operationName);
    this.#held.delete(members.operationName);
    await held;
    for (const cookie of response.headers.getSetCookie()) {
      const [, cookieName, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (/; Max-Age=0;/.test(cookie)) {
        this.#cookies.delete(cookieName);
      } else {
        this.#cookies.set(cookieName, value);
      }
      if (value && cookieName.endsWith('kennel-access')) {
        this.#take(value);
      }
    }
    const copy = await response.clone().text();
    for (const [, token] of copy.matchAll(/"accessToken":"([^"]+)"/g)) {
      this.#take(token);
    }
    return response;
  };

  get WebSocket() {
    const spoil = (text) => this.#spoil(text);
    const cookies = () => this.#cookieHeader();
    const opening = () => this.#opening();
    return class extends WebSocket {
      constructor(url, protocols) {
        super(url, protocols, { origin: new URL(url).origin.replace(/^ws/, 'http'), headers: { Cookie: cookies() } });
        opening();
      }

      send(message) {
        super.send(spoil(message));
      }
    };
  }

  /** Removes the token from the expired ones: a token that is issued in the same second is equal. */
  #take(token) {
    this.#current.add(token);
    this.#expired.delete(token);
  }

  #cookieHeader() {
    return this.#spoil([...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
  }

  #spoil(text) {
    let spoiled = text;
    for (const token of this.#expired) {
      spoiled = spoiled.replace(token, `${token}spoiled`);
    }
    return spoiled;
  }
}
