import { createKennel } from '@kennel/apollo';

/**
 * The client, and the session that its operations are sent with. The build sends the hashes of its operations, which the
 * manifest beside it makes known to Kennel; in development, operations are sent as they are.
 */
export const { client, session, connection } = createKennel({
  url: new URL('/graphql', location.href).href,
  storage: localStorage,
  persistedQueries: import.meta.env.PROD,
  dataMasking: true,
});
