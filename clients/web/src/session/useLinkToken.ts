import { useEffect, useState } from 'react';

/** The token of the link. React may call this more than once: it changes nothing. */
function readToken(): string {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
}

/** Reads the token of the link in a mail; empty if there is none. */
export function useLinkToken(): string {
  const [token] = useState(readToken);
  // Taken out of the address, the token is not in the history either.
  useEffect(() => history.replaceState(history.state, '', location.pathname), []);
  return token;
}
