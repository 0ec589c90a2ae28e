// Subscribes to Kennel's change feed, and resumes it after each connection failure.

// #region follow
/**
 * Yields every change once and in order, over any number of connections.
 *
 * The built-in retries of both clients would resend the first `after`. They are disabled (retryAttempts: 0), and this
 * generator subscribes again with the cursor of the last change received.
 *
 * @param {object} client of graphql-ws or graphql-sse, with retryAttempts: 0
 * @param {string} query the subscription, with a variable $after and the field cursor
 * @param {string} after the cursor that the first change follows
 * @param {object} on
 * @param {(reason: string) => Promise<void>} on.unauthorized gets a new access token: by `refreshSession`, or, if the
 *   reason is SESSION_ENDED, by a log-in; an exception ends the generator
 */
export async function* follow(client, query, after, { unauthorized }) {
  for (let failures = 0; ; failures += 1) {
    try {
      for await (const { data, errors } of client.iterate({ query, variables: { after } })) {
        if (errors) {
          throw errors;
        }
        failures = 0;
        after = data.myChanges.cursor;
        yield data.myChanges;
      }
    } catch (failure) {
      const codes = Array.isArray(failure) ? failure.map((error) => error.extensions?.code) : [];
      if (codes.includes('CURSOR_EXPIRED') || codes.includes('BAD_USER_INPUT')) {
        throw failure; // The app has to load all data again.
      }
      if (codes.includes('UNAUTHENTICATED')) {
        await unauthorized(failure[codes.indexOf('UNAUTHENTICATED')].extensions.reason);
      } else if (failure?.code === 4403 || failure?.code === 4401) {
        // Earlier versions of Kennel closed with 4401.
        await unauthorized(failure.reason.split(':')[0]);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 2 ** failures * 100) * Math.random()));
  }
}
// #endregion
