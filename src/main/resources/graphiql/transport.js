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
