import { useEffect, useState } from 'react';

/** The token of the link. React may call this more than once: it changes nothing. */
function readToken(): string {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
}

/** Taken out of the address, the token is not in the history either. */
function hideToken() {
  history.replaceState(history.state, '', location.pathname);
}

/** Reads the token of the link in a mail, also of one that is opened in the same tab later; empty if there is none. */
export function useLinkToken(): string {
  const [token, setToken] = useState(readToken);
  useEffect(() => {
    hideToken();
    const readLink = () => {
      setToken(readToken());
      hideToken();
    };
    addEventListener('hashchange', readLink);
    return () => removeEventListener('hashchange', readLink);
  }, []);
  return token;
}
