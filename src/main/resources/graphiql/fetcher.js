// What GraphiQL sends operations with.

import { OWNER_ID } from './examples.js';
import { isUnauthenticated, TOKEN_ENDED } from './session.js';
import { failure, post } from './transport.js';

const { parse } = window.GraphiQL.GraphQL;

const OWNER = 'kennel.ownerId';

const ADDS_OWNER = /\bcreateOwner\b/;

/** Fields after which a token may be nobody's, or its account have another name. */
const CHANGES_SESSION = /\b(logout|revoke\w+|updateMe|changePassword|deleteMe)\b/;

/**
 * Makes the fetcher. It sends the session's token unless an `Authorization` header is typed in, takes over the token
 * that an answer brings, and puts the owner that was added last where variables say so.
 *
 * @param {import('./session.js').Session} session who is signed in
 * @returns {(operation: object, options?: object) => Promise<object>} the fetcher
 */
export function createFetcher(session) {
  return async ({ query, operationName, variables }, options) => {
    const ownerId = sessionStorage.getItem(OWNER);
    if (ownerId === null && mentions(variables, OWNER_ID)) {
      return failure(
        `"${OWNER_ID}" stands for the owner that you added last, and there is none yet. ` +
          'Run "AddOwner" first, or write the id of an owner in its place.',
      );
    }
    const typed = options?.headers ?? {};
    const own = !Object.keys(typed).some((name) => name.toLowerCase() === 'authorization');
    const asked = session.token;
    const answer = await post(
      { query, operationName: resolve(query, operationName), variables: replace(variables, OWNER_ID, ownerId) },
      own ? { ...session.headers, ...typed } : typed,
    );

    const added = ADDS_OWNER.test(query) ? objects(answer.data).findLast((object) => object.owner?.id) : undefined;
    if (added !== undefined) {
      sessionStorage.setItem(OWNER, added.owner.id);
    }
    const login = objects(answer.data).findLast((object) => 'accessToken' in object);
    if (login !== undefined) {
      await session.take(login.accessToken);
    } else if (own && asked !== null && isUnauthenticated(answer)) {
      // Whether it is so for the token has to be asked: a wrong password is UNAUTHENTICATED too.
      await session.ask(TOKEN_ENDED);
    } else if (own && asked !== null && CHANGES_SESSION.test(query)) {
      await session.ask();
    }
    return answer;
  };
}

/** For a moment after a tab was opened, GraphiQL's name of the operation is still that of the tab before. */
function resolve(query, operationName) {
  try {
    const operations = parse(query).definitions.filter((definition) => definition.kind === 'OperationDefinition');
    return operations.length === 1 ? operations[0].name?.value : operationName;
  } catch {
    // What is wrong with it is for Kennel to say.
    return operationName;
  }
}

/** All objects in a JSON value, whatever their names, outer ones first. */
function objects(value) {
  if (value === null || typeof value !== 'object') {
    return [];
  }
  const inner = Object.values(value).flatMap(objects);
  return Array.isArray(value) ? inner : [value, ...inner];
}

function mentions(value, text) {
  if (value !== null && typeof value === 'object') {
    return Object.values(value).some((member) => mentions(member, text));
  }
  return value === text;
}

function replace(value, text, by) {
  if (value === text) {
    return by;
  }
  if (Array.isArray(value)) {
    return value.map((element) => replace(element, text, by));
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replace(member, text, by)]));
  }
  return value;
}
