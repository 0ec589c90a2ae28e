// What stands before the service, which serves the app: it lets requests and connections fail.

import { WebSocketServer } from 'ws';

import { startProxy } from '../../proxy/proxy.js';

/**
 * Starts a server on a port of its own.
 *
 * @param {string} service the service's URL
 */
export async function startServer(service) {
  /** By the name of an operation, what happens to its next requests. */
  const mishaps = new Map();
  /** All GraphQL requests: what they say, and their headers. */
  const requests = [];
  /** How many of the next WebSockets have a cursor that is too old. */
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

    /** How often an operation was sent. */
    count: (operationName) => requests.filter((sent) => sent.operationName === operationName).length,

    /**
     * Fails the next request of an operation with an error, or cuts it off with 'cut'.
     *
     * @param {string} operationName the operation
     * @param {string} code the error's code, or 'cut'
     * @param {object} extensions what the error has beside its code
     * @param {{isDone?: boolean, message?: string, path?: string[]}} options whether the service has done it all the same
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

    /** Lets the next response of an operation come after the service has closed all WebSockets. */
    delay(operationName) {
      happen(operationName, { until: () => proxy.closed() });
    },
  };
}
