// Sends operations to Kennel.

const ENDPOINT = new URL('graphql', document.baseURI);

/** The maximum length of an unparsable response in an error. */
const EXCERPT_LENGTH = 2000;

/**
 * Sends an operation by GraphQL over HTTP. Never rejects: a failure is a response with an error.
 *
 * @param {object} body the members of the request
 * @param {object} headers headers that are added to those of every request, or override them
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
 * Requests events by GraphQL over SSE, in its distinct connections mode: those of a subscription, or the payloads of
 * incremental delivery. Never throws: a failure is a response with an error.
 *
 * @param {object} body the members of the request
 * @param {object} headers headers that are added to those of every request, or override them
 * @param {AbortSignal} signal aborts the request
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
 * Returns a response with an error of the page itself.
 *
 * @param {string} message the message
 * @param {object} [extensions] the extensions of the error
 * @returns {object} the GraphQL response
 */
export function failure(message, extensions) {
  return { errors: [{ message, extensions }] };
}

function read(text, response) {
  try {
    const parsed = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object') {
      return parsed;
    }
  } catch {
    // The error below has the text.
  }
  return failure(`The response of ${ENDPOINT} is not JSON.`, {
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
