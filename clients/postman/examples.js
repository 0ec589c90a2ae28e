// The example responses of the Postman collection are those of a service.
//
// As a program (`npm run postman:write`), this runs the collection against the service at SERVICE_URL
// (http://localhost:8080) and writes the response to each request into the collection. Values that differ from run to run,
// such as tokens, ids and dates, are replaced with placeholders, so that a second run changes nothing. `npm run
// test:postman` fails if an example and a response of the service differ in their members or codes.

import { fileURLToPath } from 'node:url';

import { read, requests, run, serialize, text, write } from './collection.js';

/** The date of each response in the examples. Earlier dates become it; later ones keep their distance from it. */
export const NOW = Date.parse('2026-01-15T09:30:00.000Z');

const MINUTE = 60_000;

const DAY = 24 * 60 * MINUTE;

const base64url = (value) => Buffer.from(value).toString('base64url');

/** The kinds of opaque values, by the names of the members that have them. */
const KINDS = {
  accessToken: 'access.token',
  deviceToken: 'device.token',
  refreshToken: 'refresh-token',
  browserSecret: 'browser-secret',
  token: 'challenge-token',
  cursor: 'cursor',
  startCursor: 'cursor',
  endCursor: 'cursor',
  myChangesCursor: 'cursor',
  secret: 'totp-secret',
  recoveryCodes: 'recovery-code',
  challenge: 'challenge',
};

/** The placeholders of kinds that have a form of their own. The others are the kind and a number. */
const FORMS = {
  'access.token': (number) => `access.token.${number}`,
  'device.token': (number) => `device.token.${number}`,
  'totp-secret': () => 'KENNELEXAMPLEKENNELEXAMPLESECRET',
  'recovery-code': (number) => `aaaa-aaaa-aaaa-a${String(number).padStart(3, '0').replace(/\d/g, (digit) => 'abcdefghij'[digit])}`,
  // Browsers decode these two.
  challenge: (number) => base64url(`challenge ${number}`),
  'user-handle': (number) => base64url(`user handle ${number}`),
};

/** Tokens that one session gets within a second may be equal. Each has a placeholder of its own, however fast the run is. */
const ALWAYS_NEW = ['access.token', 'device.token'];

/**
 * Placeholders for the values that differ from run to run. Equal values have equal placeholders, across all responses.
 */
export class Placeholders {
  #counts = new Map();

  #known = new Map();

  #constant;

  /** @param {string} constant a text with the ids that stay as they are */
  constructor(constant) {
    this.#constant = constant;
  }

  /** Returns the body of a response with placeholders; dates are relative to the date of the response. */
  body(body, date) {
    const value = parse(body);
    return value === undefined ? this.#text(body, date) : JSON.stringify(this.#value(value, date), null, 2);
  }

  #value(value, date, member) {
    if (Array.isArray(value)) {
      return value.map((element) => this.#value(element, date, member));
    }
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, this.#value(of, date, name)]));
    }
    if (typeof value !== 'string') {
      return value;
    }
    if (member === 'options') {
      // The options of WebAuthn are JSON in a string.
      return JSON.stringify(this.#value(JSON.parse(value), date));
    }
    if (member === 'ipAddress') {
      return '192.0.2.1';
    }
    const kind = member === 'id' && /^[\w-]{86}$/.test(value) ? 'user-handle' : KINDS[member];
    return kind ? this.#placeholder(kind, value) : this.#text(value, date);
  }

  #text(value, date) {
    let replaced = value
      .replaceAll(/postman-[0-9a-z]+-[0-9a-z]{8}(?![0-9a-z])/g, 'postman-example')
      .replaceAll(/PostmanRuntime\/[\d.]+/g, 'PostmanRuntime/7')
      .replaceAll(/(?<![0-9a-z])([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}(?![0-9a-z])/g, (id, type) =>
        this.#constant.includes(id) ? id : this.#placeholder(type, id),
      )
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (instant) => relative(Date.parse(instant) - date));
    for (const [original, placeholder] of this.#known) {
      replaced = replaced.replaceAll(original, placeholder);
    }
    return replaced;
  }

  #placeholder(kind, original) {
    if (this.#known.has(original) && !ALWAYS_NEW.includes(kind)) {
      return this.#known.get(original);
    }
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const form =
      FORMS[kind] ?? (kind.length === 3 ? () => `${kind}_01jz${String(number).padStart(22, '0')}` : () => `${kind}-${number}`);
    this.#known.set(original, form(number));
    return form(number);
  }
}

/** Rounds to minutes, or days: the duration of the run changes no example. */
function relative(milliseconds) {
  const unit = milliseconds > DAY ? DAY : MINUTE;
  return new Date(NOW + Math.max(0, Math.round(milliseconds / unit)) * unit).toISOString();
}

function parse(value) {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/**
 * The example response of a request.
 *
 * @param {object} item the request
 * @param {object} response the response of a service, with placeholders in its body
 */
export function example({ request, ...item }, { status, code, contentType, body }) {
  const { method, header, body: sent, url } = request;
  return {
    name: exampleName(item),
    originalRequest: { method, header, ...(sent && { body: sent }), url },
    status,
    code,
    _postman_previewlanguage: parse(body) === undefined ? 'text' : 'json',
    header: [{ key: 'Content-Type', value: contentType }],
    cookie: [],
    body,
  };
}

/** An example is named after the request's first test. */
export function exampleName({ event }) {
  const script = event.find(({ listen }) => listen === 'test').script.exec.join('\n');
  return JSON.parse(/pm\.test\(("(?:[^"\\]|\\.)*")/.exec(script)[1]);
}

/**
 * The members of a response's JSON, with the values of codes, reasons and paths, sorted. Two responses with the same
 * members can be read by the same client.
 *
 * @param {string} body JSON, or a stream with JSON in its lines
 */
export function members(body) {
  const whole = parse(body);
  const values =
    whole === undefined
      ? body
          .split('\n')
          .map((line) => parse(line.replace(/^data:/, '')))
          .filter((value) => value !== undefined && value !== null && typeof value === 'object')
      : [whole];
  return [...new Set(values.flatMap((value) => [...membersOf(value, '')]))].sort();
}

function* membersOf(value, path) {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (Array.isArray(value) && name === 'path') {
    yield `${path}=${value.join('.')}`;
  } else if (Array.isArray(value) && value.length > 0) {
    for (const element of value) {
      yield* membersOf(element, `${path}[]`);
    }
  } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [member, of] of Object.entries(value)) {
      yield* membersOf(of, path ? `${path}.${member}` : member);
    }
  } else {
    yield ['code', 'reason'].includes(name) ? `${path}=${value}` : path;
  }
}

/**
 * The differences between the examples of a collection and the responses of a service.
 *
 * @param {object} collection the collection
 * @param {Map<string, object>} responses the responses by the requests' paths
 * @returns {string[]} a sentence for each difference
 */
export function differences(collection, responses) {
  return [...requests(collection)].flatMap(({ item, path }) => {
    const response = responses.get(path);
    const [saved] = item.response;
    if (!response || !saved || dependsOnSettings(response)) {
      return [];
    }
    const expected = [saved.code, saved.header[0].value, ...members(saved.body)];
    const actual = [response.code, response.contentType, ...members(response.body)];
    return [
      ...expected.filter((one) => !actual.includes(one)).map((one) => `${path}: the example has ${one}, the response has not`),
      ...actual.filter((one) => !expected.includes(one)).map((one) => `${path}: the response has ${one}, the example has not`),
    ];
  });
}

/**
 * Examples are those of a service with log-ins by mail, which are an option. With the driver `cookie`, such a log-in needs
 * a cookie that is sent over TLS only.
 */
const dependsOnSettings = ({ body }) => /"EMAIL_LOGIN_DISABLED"|"path":\["input","browserSecret"\]/.test(body);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const collection = read();
  const before = text();
  const { failures, responses } = await run(collection, process.env.SERVICE_URL ?? 'http://localhost:8080');
  if (failures.length > 0) {
    throw new Error('Requests have failed: no example is written');
  }
  if ([...responses.values()].some((response) => dependsOnSettings(response) || response.body.includes('"tokenType":"Cookie"'))) {
    throw new Error('Examples need a service with kennel.auth.email-login.enabled=true and kennel.auth.driver=jwt');
  }
  for (const { item } of requests(collection)) {
    item.response = [];
  }
  const placeholders = new Placeholders(serialize(collection));
  for (const { item, path } of requests(collection)) {
    const response = responses.get(path);
    item.response = [example(item, { ...response, body: placeholders.body(response.body, response.date) })];
  }
  write(collection);
  console.log(serialize(collection) === before ? 'The examples were up to date' : 'The examples have been written');
}
