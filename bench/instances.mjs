// Instances of Kennel that a benchmark starts and loads itself.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';

/** Starts an instance, and waits until it serves. */
export function start(command, settings, connections) {
  return new Promise((resolve, reject) => {
    const service = spawn(command[0], command.slice(1), {
      env: { ...process.env, SERVER_PORT: '0', KENNEL_GRAPHQL_LIMITS_BUDGET: '0', ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    service.stdout.on('data', (chunk) => {
      log += log.length < 100_000 ? chunk : '';
      const port = /GraphiQL: http:\/\/localhost:(\d+)\//.exec(log)?.[1];
      if (port) {
        const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
        resolve({ service, port, agent });
      }
    });
    service.on('error', reject).on('exit', () => reject(new Error(log.slice(-3000))));
  });
}

/** Stops instances, the last first: others may use the database of the first. */
export async function stop(instances) {
  for (const { service } of instances.toReversed()) {
    service.removeAllListeners('exit');
    if (service.exitCode === null && service.signalCode === null) {
      await new Promise((resolve) => {
        service.on('exit', resolve).kill('SIGTERM');
      });
    }
  }
}

export function post({ port, agent }, token, body, more = {}) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...more };
    const request = http.request({ host: '127.0.0.1', port, agent, path: '/graphql', method: 'POST',
      headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve(text)).on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

/** Executes an operation, and returns its data. */
export async function ask(instance, token, query, variables) {
  const { data, errors } = JSON.parse(await post(instance, token, JSON.stringify({ query, variables })));
  if (errors) {
    throw new Error(JSON.stringify(errors));
  }
  return data;
}

/** Signs up an account of a name with some owners of five dogs each. */
export async function signUp(instance, username, password, owners) {
  const { signup } = await ask(instance, null, 'mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }', {
    input: { username, email: `${username}@example.com`, password },
  });
  const dogs = ['Ada', 'Bo', 'Cy', 'Di', 'Ed'].map((name) => ({ name, breed: 'Poodle' }));
  for (let i = 0; i < owners; i++) {
    await ask(instance, signup.accessToken, 'mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }', {
      input: { name: `Owner ${i}`, dogs },
    });
  }
}

/** Returns an access token, which is valid for five minutes. */
export async function logIn(instance, username, password) {
  const { login } = await ask(instance, null, 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', {
    input: { username, password },
  });
  return login.accessToken;
}

/**
 * Sends a request over some connections for some seconds, with the tokens in turns, and returns the number of responses. `headersOf` returns
 * further headers of the n-th request.
 */
export async function load(instance, tokens, body, connections, seconds, headersOf = () => ({})) {
  const end = Date.now() + seconds * 1000;
  let requests = 0;
  let sent = 0;
  await Promise.all(Array.from({ length: connections }, async () => {
    while (Date.now() < end) {
      const text = await post(instance, tokens[requests % tokens.length], body, headersOf(sent++));
      if (!text.startsWith('{"data":')) {
        throw new Error(text);
      }
      requests++;
    }
  }));
  return requests;
}

/**
 * Measures the processor time of processes from now on: the result returns it, in milliseconds. That of Java's compiler is left out: it goes
 * on for minutes, and for no request in particular.
 */
export function processorTime(listPids) {
  const times = () => new Map(listPids().flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/task`).flatMap((thread) => threadTime(`/proc/${pid}/task/${thread}/stat`));
    } catch {
      return []; // It has ended.
    }
  }));
  const before = times();
  return () => [...times()].reduce((sum, [thread, time]) => sum + time - (before.get(thread) ?? 0), 0);
}

function threadTime(path) {
  try {
    const [, name, rest] = /\((.*)\) (.*)/s.exec(readFileSync(path, 'utf8'));
    const fields = rest.split(' ');
    return /^C[12] /.test(name) ? [] : [[path, (Number(fields[11]) + Number(fields[12])) * 10]];
  } catch {
    return []; // It has ended.
  }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
