// Clients that want to keep others from being served: opens thousands of connections of one kind after the other, and asks
// something on another one meanwhile.
//
//   node bench/hostile.mjs --url http://localhost:8080/graphql --connections 5000 --seconds 10
//
// Ends with 1 if a response was not right, or took longer than --limit milliseconds (2000). The machine has to allow as many
// open files (ulimit -n).
import net from 'node:net';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:8080/graphql' },
    connections: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
    limit: { type: 'string', default: '2000' },
    kinds: { type: 'string', default: 'websockets,kept,connected,bodies,headers,unread' },
  },
});
const { hostname, port } = new URL(values.url);
const connections = Number(values.connections);
const limit = Number(values.limit);

const ask = 'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: kennel\r\n';
const post = 'POST /graphql HTTP/1.1\r\nHost: kennel\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{';
const handshake = [
  'GET /graphql HTTP/1.1',
  'Host: kennel',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
  '\r\n',
].join('\r\n');

// What each connection begins with, and what it sends once in a while.
const kinds = {
  websockets: { first: handshake },
  kept: { first: `${ask}\r\n` },
  connected: { first: '' },
  bodies: { first: post, then: ' ' },
  headers: { first: `${ask}X-Endless: `, then: 'a' },
  unread: { first: 'GET /graphql/schema.graphql HTTP/1.1\r\nHost: kennel\r\n\r\n'.repeat(100), unread: true },
};

function connect(kind) {
  const socket = net.connect({ host: hostname, port });
  socket.on('error', () => {});
  if (kind.unread) {
    socket.pause();
  } else {
    socket.resume();
  }
  socket.write(kind.first);
  return socket;
}

async function probe() {
  const started = performance.now();
  let right = false;
  try {
    const response = await fetch(values.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: '{"query":"{ __typename }"}',
      signal: AbortSignal.timeout(10_000),
    });
    right = (await response.text()) === '{"data":{"__typename":"Query"}}';
  } catch {
    // It counts as wrong.
  }
  return { right, took: performance.now() - started };
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The connections are a thread's of their own, so that the responses to others are measured and not this program.
if (!isMainThread) {
  const kind = kinds[workerData];
  const sockets = [];
  for (let opened = 0; opened < connections; opened += 100) {
    for (let i = opened; i < Math.min(opened + 100, connections); i++) {
      sockets.push(connect(kind));
    }
    await sleep(5);
  }
  const end = performance.now() + Number(values.seconds) * 1000;
  while (performance.now() < end) {
    await sleep(500);
    if (kind.then) {
      sockets.filter((socket) => socket.writable).forEach((socket) => socket.write(kind.then));
    }
  }
  parentPort.postMessage(sockets.filter((socket) => !socket.destroyed).length);
  process.exit();
}

let failed = false;
for (const name of values.kinds.split(',')) {
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), workerData: name });
  let open;
  worker.on('message', (count) => {
    open = count;
  });
  let over = false;
  const exited = new Promise((resolve) => {
    worker.on('exit', resolve);
  }).then(() => {
    over = true;
  });
  const responses = [];
  while (!over) {
    responses.push(await probe());
    await sleep(50);
  }
  await exited;
  const wrong = responses.filter((response) => !response.right).length;
  const worst = Math.round(Math.max(...responses.map((response) => response.took)));
  console.log(`${name}: ${connections} opened, ${open} open at the end; ${responses.length} responses, ${wrong} wrong, slowest ${worst} ms`);
  failed ||= wrong > 0 || worst > limit;
}
process.exit(failed ? 1 : 0);
