// A proxy that injects failures into the next requests.

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
 * Starts a proxy on a free port.
 *
 * @param {string} service the service's URL
 */
export async function startProxy(service) {
  /** The failures of the next requests. Without one, requests are forwarded. */
  const mishaps = [];
  const proxy = await network.startProxy(service, () => MISHAPS[mishaps.shift()]);
  return {
    ...proxy,
    url: `http://127.0.0.1:${proxy.port}`,

    /** Sets the failures of the next requests, in order: 'refuse', 'bad gateway', 'unavailable', 'drop response' or 'pass'. */
    fail(...how) {
      mishaps.push(...how);
    },
  };
}
