// A bad network between a client and a service.

import { createServer, request } from 'node:http';
import { connect } from 'node:net';

/**
 * Starts a proxy on a port of its own.
 *
 * @param {string} target the service's URL
 */
export async function startProxy(target) {
  const { hostname, port } = new URL(target);
  /** What happens to the next requests, one each; without any, they are passed on. */
  const mishaps = [];
  const sockets = new Set();
  let opened = Promise.resolve();

  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const mishap = mishaps.shift();
    if (mishap === 'refuse') {
      incoming.socket.destroy();
      return;
    }
    if (mishap === 'bad gateway') {
      outgoing.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>');
      return;
    }
    if (mishap === 'unavailable') {
      outgoing.writeHead(200, { 'Content-Type': 'application/graphql-response+json' }).end(
        JSON.stringify({ errors: [{ message: 'Try again shortly.', extensions: { code: 'UNAVAILABLE' } }], data: null }),
      );
      return;
    }
    const { method, url: path, headers } = incoming;
    const passed = request({ hostname, port, method, path, headers });
    passed.on('response', (response) => {
      if (mishap === 'drop answer') {
        response.resume().on('end', () => incoming.socket.destroy());
      } else {
        outgoing.writeHead(response.statusCode, response.headers);
        response.pipe(outgoing);
      }
    });
    passed.on('error', () => incoming.socket.destroy());
    passed.end(Buffer.concat(chunks));
  });

  server.on('upgrade', async (incoming, socket, head) => {
    await opened;
    const upstream = connect(port, hostname, () => {
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
    url: `http://127.0.0.1:${server.address().port}`,

    /** Lets the next requests fail, in this order: 'refuse', 'bad gateway', 'unavailable', 'drop answer' or 'pass'. */
    fail(...how) {
      mishaps.push(...how);
    },

    /** Holds all WebSockets back that are opened, until the function that this answers is called. */
    hold() {
      let release;
      opened = new Promise((resolve) => (release = resolve));
      return release;
    },

    /** Cuts all WebSockets off, without a word to either side. Answers how many there were. */
    cut() {
      const count = sockets.size;
      sockets.forEach((socket) => socket.destroy());
      return count;
    },

    close() {
      sockets.forEach((socket) => socket.destroy());
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
