// What stands before the service: it has the files of the build, and lets requests and connections fail.

import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILES = fileURLToPath(new URL('../build/app/', import.meta.url));

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The policy that Kennel serves the app with: no script or style within a page. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * Starts a server on a port of its own.
 *
 * @param {string} service the service's URL
 */
export async function startServer(service) {
  let target = new URL(service);
  /** By the name of an operation, what its next requests are answered. */
  const faults = new Map();
  /** All GraphQL requests: what they say, and their headers. */
  const requests = [];
  const sockets = new Set();
  let isUp = true;

  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url, 'http://localhost');
    if (url.pathname.startsWith('/app/')) {
      await sendFile(url.pathname.slice('/app/'.length), outgoing);
      return;
    }
    const chunks = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    const members = body.length > 0 ? JSON.parse(body) : Object.fromEntries(url.searchParams);
    requests.push({ ...members, method: incoming.method, headers: incoming.headers });
    const fault = faults.get(members.operationName)?.shift();
    if (!isUp || fault === 'cut') {
      incoming.socket.destroy();
      return;
    }
    if (fault) {
      if (fault.isDone) {
        await pass(incoming, body);
      }
      outgoing.writeHead(fault.status ?? 200, { 'Content-Type': 'application/graphql-response+json' });
      outgoing.end(JSON.stringify(fault.answer));
      return;
    }
    const response = await pass(incoming, body).catch(() => undefined);
    if (response === undefined) {
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(response.statusCode, response.headers);
    response.pipe(outgoing);
  });

  function pass({ method, url: path, headers }, body) {
    return new Promise((resolve, reject) => {
      const passed = request({ hostname: target.hostname, port: target.port, method, path, headers });
      passed.on('response', resolve).on('error', reject).end(body);
    });
  }

  server.on('upgrade', (incoming, socket, head) => {
    if (!isUp) {
      socket.destroy();
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
    url: `http://localhost:${server.address().port}`,
    requests,

    /** How often an operation was sent. */
    count: (operationName) => requests.filter((sent) => sent.operationName === operationName).length,

    /** Sends on to another instance from now on. */
    use(instance) {
      target = new URL(instance);
    },

    /**
     * Answers the next request of an operation with an error, or cuts it off with 'cut'.
     *
     * @param {string} operationName the operation
     * @param {string | object} code the error's code, or 'cut'
     * @param {object} extensions what the error has beside its code
     * @param {{isDone?: boolean, message?: string}} options whether the service has done it all the same
     */
    fail(operationName, code, extensions = {}, { isDone = false, message = `This is ${code}.` } = {}) {
      const answer = { errors: [{ message, extensions: { code, ...extensions } }], data: null };
      faults.set(operationName, [...(faults.get(operationName) ?? []), code === 'cut' ? 'cut' : { answer, isDone }]);
    },

    /** Cuts all WebSockets off, without a word to either side. Answers how many there were. */
    cut() {
      const count = sockets.size;
      sockets.forEach((socket) => socket.destroy());
      return count;
    },

    /** Lets nothing through, until it is called with true. */
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

/** A file of the build; for any other path, the page, which knows what to show there. */
async function sendFile(path, outgoing) {
  const name = extname(path) ? path : 'index.html';
  try {
    const content = await readFile(join(FILES, name));
    outgoing.writeHead(200, { 'Content-Type': TYPES[extname(name)], 'Content-Security-Policy': POLICY });
    outgoing.end(content);
  } catch {
    outgoing.writeHead(404).end();
  }
}
