// GraphiQL's fetcher.

import { PLACEHOLDERS } from './examples.js';
import { failure, post, stream } from './transport.js';

const { parse } = window.GraphiQL.GraphQL;

/** Fields that may end the session, or change the name of its account. */
const CHANGES_SESSION = /\b(logout|revoke\w+|updateMe|restoreEmail|deleteMe)\b/;

/** An operation that may be delivered in parts. */
const DEFERS = /@(defer|stream)\b/;

/**
 * Creates the fetcher. It sends the session's token unless an `Authorization` header is typed in, refreshes an expired
 * session, stores the tokens of a response, and replaces the placeholders in variables by the ids of the objects that were
 * added last. The responses to subscriptions, and to queries with `@defer` or `@stream`, are server-sent events.
 *
 * @param {import('./session.js').Session} session the session
 * @returns {(operation: object, options?: object) => Promise<object>} the fetcher
 */
export function createFetcher(session) {
  return async ({ query, operationName, variables }, options) => {
    const missing = PLACEHOLDERS.find(
      ({ text, key }) => sessionStorage.getItem(key) === null && mentions(variables, text),
    );
    if (missing !== undefined) {
      return failure(
        `"${missing.text}" stands for the ${missing.member} that you added last, and there is none yet. ` +
          `Run "${missing.example}" first, or write the id of one of yours in its place.`,
      );
    }
    const typed = options?.headers ?? {};
    const own = !Object.keys(typed).some((name) => name.toLowerCase() === 'authorization');
    const headers = () => (own ? { ...session.headers, ...typed } : typed);
    const operation = resolve(query, operationName);
    const body = { query, operationName: operation.name, variables: withDevice(replace(variables), query, session.deviceToken) };
    /** Returns whether an operation with this response has to be sent again. */
    const isRenewed = (response) => own && session.isOpen && session.renew(response);

    if (operation.kind === 'subscription') {
      return observe((signal) => follow(body, headers, signal, isRenewed));
    }
    if (operation.kind === 'query' && DEFERS.test(query)) {
      return observe((signal) => deliver(body, headers, signal, isRenewed));
    }
    let response = await post(body, headers());
    if (await isRenewed(response)) {
      response = await post(body, headers());
    }

    const inside = objects(response.data);
    for (const { member, key, mutation } of PLACEHOLDERS) {
      const added = mutation.test(query) ? inside.findLast((object) => object[member]?.id) : undefined;
      if (added !== undefined) {
        sessionStorage.setItem(key, added[member].id);
      }
    }
    // A new password ends the device token of the old one.
    session.keepDevice(inside.findLast((object) => 'deviceToken' in object)?.deviceToken ?? null);
    const login = inside.findLast((object) => 'accessToken' in object);
    if (login !== undefined) {
      await session.take(login.accessToken, login.refreshToken, login.deviceToken);
    } else if (own && session.isOpen && CHANGES_SESSION.test(query)) {
      await session.ask(null, false);
    }
    return response;
  };
}

/** Shown until the first event of a subscription. */
const WAITING = {
  waiting:
    'Events are shown here. To see a change, open this page in another window, and run LogIn and AddOwner there. ' +
    'The button with the square stops it.',
};

/** Follows a subscription, and resumes it after the last change when it has ended because of an expired token. */
async function* follow(body, headers, signal, isRenewed) {
  yield WAITING;
  let { variables } = body;
  for (let again = true; again; ) {
    again = false;
    for await (const response of stream({ ...body, variables }, headers(), signal)) {
      if (await isRenewed(response)) {
        again = true;
        break;
      }
      const { cursor } = objects(response.data).find((object) => 'cursor' in object) ?? {};
      variables = cursor ? { ...variables, after: cursor } : variables;
      yield response;
    }
  }
}

/** Shows incremental delivery: after each payload, all data that has been delivered so far. */
async function* deliver(body, headers, signal, isRenewed) {
  for (let again = true; again; ) {
    again = false;
    let delivered;
    for await (const { hasNext, ...payload } of stream(body, headers(), signal)) {
      if (await isRenewed(payload)) {
        again = true;
        break;
      }
      delivered = delivered === undefined || !payload.incremental ? payload : add(delivered, payload.incremental);
      yield delivered;
    }
  }
}

/** Adds the parts of a payload, in the format of 2022-08-24, to the data before them. */
function add(delivered, parts) {
  const all = structuredClone(delivered);
  for (const { path, data, items, errors } of parts) {
    if (errors) {
      all.errors = [...(all.errors ?? []), ...errors];
    }
    if (items) {
      path.slice(0, -1).reduce((value, key) => value[key], all.data).push(...items);
    } else if (data) {
      merge(path.reduce((value, key) => value[key], all.data), data);
    }
  }
  return all;
}

function merge(target, source) {
  for (const [key, value] of Object.entries(source)) {
    const known = target[key];
    if (value !== null && typeof value === 'object' && known !== null && typeof known === 'object') {
      merge(known, value);
    } else {
      target[key] = value;
    }
  }
}

/** Returns an observable, which GraphiQL can unsubscribe from even while no event arrives. */
function observe(start) {
  return {
    subscribe(observer) {
      const controller = new AbortController();
      (async () => {
        for await (const response of start(controller.signal)) {
          observer.next(response);
        }
        observer.complete();
      })().catch((error) => observer.error(error));
      return { unsubscribe: () => controller.abort() };
    },
  };
}

/** Right after a tab was opened, GraphiQL's operation name is still that of the previous tab. */
function resolve(query, operationName) {
  try {
    const operations = parse(query).definitions.filter((definition) => definition.kind === 'OperationDefinition');
    const meant =
      operations.length === 1 ? operations[0] : operations.find((operation) => operation.name?.value === operationName);
    return { name: meant === undefined ? operationName : meant.name?.value, kind: meant?.operation };
  } catch {
    // Kennel reports the syntax error.
    return { name: operationName };
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

/** Adds the device token to the input of a log-in. */
function withDevice(variables, query, deviceToken) {
  const input = variables?.input;
  const isLogin =
    (/\b(login|beginLogin)\b/.test(query) && input?.username !== undefined && input.email === undefined) ||
    (/\bfinishLogin\b/.test(query) && input?.challenge !== undefined);
  return isLogin && deviceToken !== null ? { ...variables, input: { deviceToken, ...input } } : variables;
}

/** Replaces placeholders by the ids of the objects that were added last. */
function replace(value) {
  if (Array.isArray(value)) {
    return value.map(replace);
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replace(member)]));
  }
  const placeholder = PLACEHOLDERS.find(({ text }) => text === value);
  return placeholder === undefined ? value : sessionStorage.getItem(placeholder.key);
}
