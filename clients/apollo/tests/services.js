// The services under test, and their accounts.
//
// SERVICE_URL is the URL of a service with the driver `jwt` (default http://localhost:8080), COOKIE_SERVICE_URL (optional)
// that of one with the driver `cookie`.

import { createKennel } from '../../target/apollo/dist/kennel/client.js';
import { startProxy } from './proxy.js';
import { Wire } from './wire.js';

export const services = [
  { driver: 'jwt', url: process.env.SERVICE_URL ?? 'http://localhost:8080' },
  ...(process.env.COOKIE_SERVICE_URL ? [{ driver: 'cookie', url: process.env.COOKIE_SERVICE_URL }] : []),
];

/**
 * Creates a client without a session, which connects through a proxy.
 *
 * @param {import('node:test').TestContext} t the test, at whose end all is closed
 * @param {{driver: string, url: string}} service which service
 * @param {object} options options of the client
 */
export async function open(t, service, options = {}) {
  const proxy = await startProxy(service.url);
  const wire = new Wire();
  const kennel = createKennel({
    url: new URL('graphql', proxy.url).href,
    cookies: service.driver === 'cookie',
    fetch: wire.fetch,
    webSocket: wire.WebSocket,
    ...options,
  });
  t.after(async () => {
    await kennel.close();
    await proxy.close();
  });
  return { ...kennel, proxy, wire };
}

/**
 * Creates an account that no other test uses, and a client of it.
 *
 * @param {import('node:test').TestContext} t the test, at whose end all is closed
 * @param {{driver: string, url: string}} service which service
 * @param {object} options options of the client
 */
export async function signUp(t, service, options = {}) {
  const kennel = await open(t, service, options);
  const { wire } = kennel;
  const username = `apollo-${crypto.randomUUID().slice(0, 13)}`;
  const password = 'correct horse battery staple';
  const user = await kennel.session.signUp({ username, email: `${username}@example.com`, password });
  /** Executes an operation without the client and its cache. */
  const ask = async (query, variables = {}) => {
    const response = await wire.fetch(new URL('graphql', service.url).href, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...kennel.session.headers() },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) {
      throw new Error(JSON.stringify(errors));
    }
    return data;
  };
  return { ...kennel, user, username, password, ask };
}
