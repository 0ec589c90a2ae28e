// The wire formats of incremental delivery, and a reference merge of their payloads.

import assert from 'node:assert/strict';

/** The formats, with their media types for the Accept header. */
export const FORMATS = {
  current: 'multipart/mixed;incrementalSpec=v0.2',
  older: 'multipart/mixed;deferSpec=20220824',
};

/** Returns the payloads of a multipart response. A single result is one payload. */
export async function payloadsOf(response) {
  const text = await response.text();
  if (!response.headers.get('content-type').startsWith('multipart/mixed')) {
    return [JSON.parse(text)];
  }
  assert.match(text, /^\r\n---\r\n[^]*\r\n-----\r\n$/);
  return text
    .slice(0, -'\r\n-----\r\n'.length)
    .split('\r\n---\r\n')
    .slice(1)
    .map((part) => JSON.parse(part.slice(part.indexOf('\r\n\r\n'))));
}

const at = (data, path) => path.reduce((value, key) => value[key], data);

function mergeInto(target, source) {
  for (const [key, value] of Object.entries(source)) {
    if (value !== null && typeof value === 'object' && target[key] !== null && typeof target[key] === 'object') {
      mergeInto(target[key], value);
    } else {
      target[key] = value;
    }
  }
}

/**
 * Merges the payloads. Returns the final result, with the announced deliveries and their failures.
 *
 * @param {object[]} payloads of either format
 */
export function merge(payloads) {
  const [{ data, errors = [], pending: announced = [] }] = structuredClone(payloads);
  const result = { data, errors: [...errors], deliveries: [], failures: [] };
  const pending = new Map();
  const announce = (all) => {
    for (const delivery of all) {
      assert(!pending.has(delivery.id), `${delivery.id} is pending already`);
      pending.set(delivery.id, delivery);
      result.deliveries.push(key(delivery));
    }
  };
  announce(announced);
  payloads.forEach(({ hasNext }, i) => assert.equal(hasNext ?? false, i < payloads.length - 1));
  for (const payload of structuredClone(payloads.slice(1))) {
    announce(payload.pending ?? []);
    for (const { id, path, subPath = [], items, label, errors: failed = [], ...rest } of payload.incremental ?? []) {
      result.errors.push(...failed);
      if (id === undefined) {
        result.deliveries.push(key({ path: items ? path.slice(0, -1) : path, label }));
      }
      const target = id === undefined ? path : [...pending.get(id).path, ...subPath];
      if (items) {
        at(result.data, id === undefined ? path.slice(0, -1) : target).push(...items);
      } else if (rest.data) {
        mergeInto(at(result.data, target), rest.data);
      } else {
        result.failures.push(key({ path, label }));
      }
    }
    for (const { id, errors: failed = [] } of payload.completed ?? []) {
      result.errors.push(...failed);
      if (failed.length > 0) {
        result.failures.push(key(pending.get(id)));
      }
      assert(pending.delete(id), `${id} is not pending`);
    }
  }
  assert.equal(pending.size, 0);
  result.deliveries = [...new Set(result.deliveries)].sort();
  return result;
}

const key = ({ path, label }) => `${path.join('.')} ${label}`;
