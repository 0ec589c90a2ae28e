// A proxy between a client and a service that injects network failures.

import { Agent, createServer, request } from 'node:http';
import { connect } from 'node:net';

/**
 * A failure to inject instead of forwarding a request.
 *
 * @typedef {object} Mishap
 * @property {boolean} [isCut] whether the client's connection is closed without a response
 * @property {boolean} [isDone] whether the request is forwarded to the service nevertheless
 * @property {{status: number, type: string, text: string}} [response] the response in place of the service's
 * @property {() => Promise<void>} [until] delays the response until the promise resolves
 */

/**
 * Starts a proxy on a free port.
 *
 * @param {string} service the service's URL
 * @param {(request: {method: string, path: string, headers: object, body: string}) => Mishap | undefined} choose
 *   returns the failure to inject, or undefined to forward the request
 * @param {(incoming: import('node:http').IncomingMessage, socket: import('node:net').Socket, head: Buffer) => boolean}
 *   takeUpgrade handles a WebSocket, or returns false to forward it
 */
export async function startProxy(service, choose, takeUpgrade = () => false) {
  let target = new URL(service);
  let isUp = true;
  let opened = Promise.resolve();
  const sockets = new Set();
  // No keep-alive: the service might close an idle connection just when the next request is sent.
  const agent = new Agent({ keepAlive: false });

  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    const { method, url: path, headers } = incoming;
    const mishap = choose({ method, path, headers, body: body.toString() }) ?? {};
    const isPassed = mishap.isDone ?? !(mishap.isCut || mishap.response);
    try {
      const response = isUp && isPassed ? await pass({ method, path, headers }, body) : undefined;
      await mishap.until?.();
      if (!isUp || mishap.isCut) {
        response?.resume();
        incoming.socket.destroy();
      } else if (mishap.response) {
        response?.resume();
        outgoing.writeHead(mishap.response.status, { 'Content-Type': mishap.response.type }).end(mishap.response.text);
      } else {
        const { connection: _, ...kept } = response.headers;
        outgoing.writeHead(response.statusCode, kept);
        response.pipe(outgoing);
      }
    } catch {
      incoming.socket.destroy();
    }
  });

  function pass({ method, path, headers }, body) {
    return new Promise((resolve, reject) => {
      const passed = request({
        agent,
        hostname: target.hostname,
        port: target.port,
        method,
        path,
        headers: { ...headers, connection: 'close' },
      });
      passed.on('response', resolve).on('error', reject).end(body);
    });
  }

  server.on('upgrade', async (incoming, socket, head) => {
    await opened;
    if (!isUp) {
      socket.destroy();
      return;
    }
    if (takeUpgrade(incoming, socket, head)) {
      return;
    }
    const upstream = connect(target.port, target.hostname, () => {
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      for (const [name, value] of Object.entries(incoming.headers)) {
        lines.push(`${name}: ${value}`);
      }
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    sockets.add(socket);
    const end = () => {
      socket.destroy();
      upstream.destroy();
      sockets.delete(socket);
    };
    for (const side of [socket, upstream]) {
      side.on('error', end).on('close', end);
    }
  });

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,

    /** Forwards to another instance from now on. */
    use(instance) {
      target = new URL(instance);
    },

    /** Delays new WebSockets until the returned function is called. */
    hold() {
      let release;
      opened = new Promise((resolve) => (release = resolve));
      return release;
    },

    /** Waits until all WebSockets have been closed. */
    async closed() {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve))));
    },

    /** Destroys all WebSockets without a close frame. Returns their number. */
    cut() {
      const count = sockets.size;
      sockets.forEach((socket) => socket.destroy());
      return count;
    },

    /** Refuses all traffic if false, until it is called with true. */
    setUp(value) {
      isUp = value;
      if (!value) {
        sockets.forEach((socket) => socket.destroy());
      }
    },

    close() {
      sockets.forEach((socket) => socket.destroy());
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
