// The Postman collection, and a run of it as Postman's own runner would do it.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import newman from 'newman';

const FILE = new URL('../../postman/kennel.postman_collection.json', import.meta.url);

const ENVIRONMENT = fileURLToPath(new URL('../../postman/kennel.postman_environment.json', import.meta.url));

/** The text of the collection, as it is in the repository. */
export const text = () => readFileSync(FILE, 'utf8');

/** The collection, as it is in the repository. */
export const read = () => JSON.parse(text());

/** Writes the collection in the format that Postman exports. */
export const write = (collection) => writeFileSync(FILE, serialize(collection));

export const serialize = (collection) => `${JSON.stringify(collection, null, 2)}\n`;

/**
 * The requests of a collection in the order of a run.
 *
 * @param {object} folder the collection, or a folder in it
 * @returns {Generator<{item: object, path: string}>} the items, with the names of their folders
 */
export function* requests(folder, names = []) {
  for (const item of folder.item) {
    if (item.item) {
      yield* requests(item, [...names, item.name]);
    } else {
      yield { item, path: [...names, item.name].join(' / ') };
    }
  }
}

/**
 * Runs a collection against a service.
 *
 * @param {object} collection the collection
 * @param {string} url the address of the service
 * @param {string[]} folders the names of the folders to run; all, if there are none
 * @returns {Promise<{failures: object[], responses: Map<string, object>}>} what failed, and the response to each request by its path
 */
export function run(collection, url, folders = []) {
  const copy = structuredClone(collection);
  for (const { item, path } of requests(copy)) {
    item.id = path;
  }
  const responses = new Map();
  return new Promise((resolve, reject) => {
    newman
      .run(
        {
          collection: copy,
          environment: ENVIRONMENT,
          envVar: [{ key: 'baseUrl', value: url.replace(/\/$/, '') }],
          folder: folders.length > 0 ? folders : undefined,
          reporters: 'cli',
        },
        (error, summary) => (error ? reject(error) : resolve({ failures: summary.run.failures, responses })),
      )
      .on('request', (error, { item, response }) => {
        if (!error) {
          responses.set(item.id, {
            status: response.status,
            code: response.code,
            contentType: response.headers.get('Content-Type'),
            date: new Date(response.headers.get('Date')),
            body: response.text(),
          });
        }
      });
  });
}
