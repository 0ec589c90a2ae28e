// A bad network between a client and a service, whose next requests fail in the order of a test.

import * as network from '../../proxy/proxy.js';

const MISHAPS = {
  pass: undefined,
  refuse: { isCut: true },
  'drop response': { isCut: true, isDone: true },
  'bad gateway': { response: { status: 502, type: 'text/html', text: '<h1>Bad Gateway</h1>' } },
  unavailable: {
    response: {
      status: 200,
      type: 'application/graphql-response+json',
      text: JSON.stringify({
        errors: [{ message: 'Try again shortly.', extensions: { code: 'UNAVAILABLE' } }],
        data: null,
      }),
    },
  },
};

/**
 * Starts a proxy on a port of its own.
 *
 * @param {string} service the service's URL
 */
export async function startProxy(service) {
  /** What happens to the next requests, one each; without any, they are passed on. */
  const mishaps = [];
  const proxy = await network.startProxy(service, () => MISHAPS[mishaps.shift()]);
  return {
    ...proxy,
    url: `http://127.0.0.1:${proxy.port}`,

    /** Lets the next requests fail, in this order: 'refuse', 'bad gateway', 'unavailable', 'drop response' or 'pass'. */
    fail(...how) {
      mishaps.push(...how);
    },
  };
}
