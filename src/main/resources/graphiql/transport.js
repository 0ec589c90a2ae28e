// Sends operations to Kennel.

const ENDPOINT = new URL('graphql', document.baseURI);

/** As much of an answer that nobody understands as is worth reading. */
const EXCERPT_LENGTH = 2000;

/**
 * Sends an operation, as "GraphQL over HTTP" has it. Never rejects: what goes wrong on the way is an answer with an
 * error that says so.
 *
 * @param {object} body the members of the request
 * @param {object} headers headers beside, or instead of, those of every request
 * @returns {Promise<object>} the GraphQL response
 */
export async function post(body, headers = {}) {
  let response;
  let text;
  try {
    response = await fetch(ENDPOINT, { method: 'POST', headers: withDefaults(headers), body: JSON.stringify(body) });
    text = await response.text();
  } catch (error) {
    return failure(`The request to ${ENDPOINT} failed: ${error.message}`);
  }
  return read(text, response);
}

/**
 * Asks for events, as "GraphQL over SSE" has it with distinct connections: those of a subscription, or the payloads of
 * incremental delivery. Never throws: what goes wrong on the way is an answer with an error that says so.
 *
 * @param {object} body the members of the request
 * @param {object} headers headers beside, or instead of, those of every request
 * @param {AbortSignal} signal what ends it
 * @returns {AsyncGenerator<object>} the GraphQL responses, until the server or the signal ends them
 */
export async function* stream(body, headers, signal) {
  let response;
  let text = '';
  try {
    response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: withDefaults({ ...headers, Accept: 'text/event-stream;deferSpec=20220824' }),
      body: JSON.stringify(body),
      signal,
    });
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      yield read(await response.text(), response);
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
      text += value.replaceAll('\r', '');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        if (/^event: ?complete$/m.test(event)) {
          return;
        }
        const data = [...event.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n');
        if (data !== '') {
          yield read(data, response);
        }
      }
    }
    yield failure(`The stream of ${ENDPOINT} has ended. Run it again to go on.`);
  } catch (error) {
    if (!signal.aborted) {
      yield failure(`The stream of ${ENDPOINT} broke: ${error.message}`);
    }
  }
}

/**
 * An answer with an error of the page's own.
 *
 * @param {string} message what went wrong
 * @param {object} [extensions] what else is known of it
 * @returns {object} the GraphQL response
 */
export function failure(message, extensions) {
  return { errors: [{ message, extensions }] };
}

function read(text, response) {
  try {
    const answer = JSON.parse(text);
    if (answer !== null && typeof answer === 'object') {
      return answer;
    }
  } catch {
    // Told below, with what came instead.
  }
  return failure(`The answer of ${ENDPOINT} is not JSON.`, {
    status: response.status,
    contentType: response.headers.get('Content-Type'),
    body: text.slice(0, EXCERPT_LENGTH),
  });
}

function withDefaults(headers) {
  const all = new Headers({
    Accept: 'application/graphql-response+json, application/json;q=0.9',
    'Content-Type': 'application/json',
  });
  for (const [name, value] of Object.entries(headers)) {
    all.set(name, value);
  }
  return all;
}
