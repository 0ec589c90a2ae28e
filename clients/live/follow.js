// Follows Kennel's change feed and resumes it, whatever happens to the connection.

// #region follow
/**
 * Yields every change once and in order, over any number of connections.
 *
 * The retries of both clients would send the same `after` again. So they are turned off (retryAttempts: 0), and a new
 * connection begins after the last change that was received.
 *
 * @param {object} client of graphql-ws or graphql-sse, with retryAttempts: 0
 * @param {string} query the subscription, with a variable $after and the field cursor
 * @param {string} after the cursor to begin after
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
        throw failure; // Load all data again.
      }
      if (codes.includes('UNAUTHENTICATED')) {
        await unauthorized(failure[codes.indexOf('UNAUTHENTICATED')].extensions.reason);
      } else if (failure?.code === 4403 || failure?.code === 4401) {
        // 4401 was the code of earlier versions of the service.
        await unauthorized(failure.reason.split(':')[0]);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 2 ** failures * 100) * Math.random()));
  }
}
// #endregion
