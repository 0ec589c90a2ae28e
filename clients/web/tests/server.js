// A proxy of the service, which serves the app. It injects failures of requests and connections.

import { WebSocketServer } from 'ws';

import { startProxy } from '../../proxy/proxy.js';

/**
 * Starts the proxy on a free port.
 *
 * @param {string} service the service's URL
 */
export async function startServer(service) {
  /** The failures of the next requests, by operation name. */
  const mishaps = new Map();
  /** All GraphQL requests: their members, methods and headers. */
  const requests = [];
  /** The number of next WebSockets whose cursor is refused as expired. */
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

    /** Returns the number of requests with an operation. */
    count: (operationName) => requests.filter((sent) => sent.operationName === operationName).length,

    /**
     * Fails the next request of an operation with an error, or closes its connection on 'cut'.
     *
     * @param {string} operationName the operation
     * @param {string} code the error's code, or 'cut'
     * @param {object} extensions the error's other extensions
     * @param {{isDone?: boolean, message?: string, path?: string[]}} options `isDone`: whether
     *   the service executes the request nevertheless; the error's message and path
     */
    fail(operationName, code, extensions = {}, { isDone = false, message = `This is ${code}.`, path } = {}) {
      const text = JSON.stringify({ errors: [{ message, path, extensions: { code, ...extensions } }], data: null });
      const response = { status: 200, type: 'application/graphql-response+json', text };
      happen(operationName, code === 'cut' ? { isCut: true } : { response, isDone });
    },

    /** Refuses the cursor of the next WebSocket. */
    expireCursor() {
      expired += 1;
    },

    /** Delays the next response of an operation until all WebSockets are closed. */
    delay(operationName) {
      happen(operationName, { until: () => proxy.closed() });
    },
  };
}
