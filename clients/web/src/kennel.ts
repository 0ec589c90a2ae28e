import { createKennel } from '@kennel/apollo';

/**
 * The Apollo Client and its session. The production build sends hashes of the operations in its manifest; in development,
 * operations are sent as text.
 */
export const { client, session, connection } = createKennel({
  url: new URL('/graphql', location.href).href,
  storage: localStorage,
  persistedQueries: import.meta.env.PROD,
  dataMasking: true,
});
