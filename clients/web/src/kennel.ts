import { createKennel } from '@kennel/apollo';

/**
 * The Apollo Client, and the session that authenticates its operations. A production build sends the hashes of its
 * operations, which its manifest registers with Kennel. In development, operations are sent as text.
 */
export const { client, session, connection } = createKennel({
  url: new URL('/graphql', location.href).href,
  storage: localStorage,
  persistedQueries: import.meta.env.PROD,
  dataMasking: true,
});
