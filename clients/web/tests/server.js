// A proxy in front of the service, which makes requests and connections fail.

import { WebSocketServer } from 'ws';

import { startProxy } from '../../proxy/proxy.js';

/**
 * Starts the proxy on a free port.
 *
 * @param {string} service the service's URL
 */
export async function startServer(service) {
  /** The faults of the next requests, by operation name. */
  const mishaps = new Map();
  /** The bodies and headers of all GraphQL requests. */
  const requests = [];
  /** The number of next WebSockets whose subscriptions fail with CURSOR_EXPIRED. */
  let expired = 0;
  const refusing = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' });
  refusing.on('connection', (socket) => {
    socket.on('message', (text) => {
      const { type, id } = JSON.parse(text);
      if (type === 'connection_init') {
        socket.send(JSON.stringify({ type: 'connection_ack' }));
      } else if (type === 'subscribe') {
        const payload = [{ message: 'This is CURSOR_EXPIRED.', extensions: { code: 'CURSOR_EXPIRED' } }];
        socket.send(JSON.stringify({ type: 'error', id, payload }));
      }
    });
  });
  const takeUpgrade = (incoming, socket, head) => {
    if (expired === 0) {
      return false;
    }
    expired -= 1;
    refusing.handleUpgrade(incoming, socket, head, (webSocket) => refusing.emit('connection', webSocket));
    return true;
  };

  const proxy = await startProxy(service, ({ method, path, headers, body }) => {
    const url = new URL(path, 'http://localhost');
    if (url.pathname !== '/graphql') {
      return undefined;
    }
    const members = body ? JSON.parse(body) : Object.fromEntries(url.searchParams);
    requests.push({ ...members, method, headers });
    return mishaps.get(members.operationName)?.shift();
  }, takeUpgrade);
  const happen = (operationName, mishap) =>
    mishaps.set(operationName, [...(mishaps.get(operationName) ?? []), mishap]);

  return {
    ...proxy,
    url: `http://localhost:${proxy.port}`,
    requests,

    /** Returns how often an operation was sent. */
    count: (operationName) => requests.filter((sent) => sent.operationName === operationName).length,

    /**
     * Makes the next request of an operation fail with an error, or with a closed connection.
     *
     * @param {string} operationName the operation
     * @param {string} code the error's code, or 'cut' to close the connection
     * @param {object} extensions the error's other extensions
     * @param {{isDone?: boolean, message?: string, path?: string[]}} options whether the service executes the operation; the
     * error's message and path
     */
    fail(operationName, code, extensions = {}, { isDone = false, message = `This is ${code}.`, path } = {}) {
      const text = JSON.stringify({ errors: [{ message, path, extensions: { code, ...extensions } }], data: null });
      const response = { status: 200, type: 'application/graphql-response+json', text };
      happen(operationName, code === 'cut' ? { isCut: true } : { response, isDone });
    },

    /** Makes the next WebSocket's subscription fail with CURSOR_EXPIRED. */
    expireCursor() {
      expired += 1;
    },

    /** Delays the next response of an operation until the service has closed all WebSockets. */
    delay(operationName) {
      happen(operationName, { until: () => proxy.closed() });
    },
  };
}
