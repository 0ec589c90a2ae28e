import { useEffect, useState } from 'react';

/** The token of the link. React may call this more than once: it changes nothing. */
function readToken(): string {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
}

/** Taken out of the address, the token is not in the history either. */
function hideToken() {
  history.replaceState(history.state, '', location.pathname);
}

interface LinkToken {
  /** Empty if the link has none. */
  token: string;
  /** Changes with each link that is opened, also if it is the same one again. */
  opening: number;
}

/** Reads the token of the link in a mail, also of one that is opened in the same tab later. */
export function useLinkToken(): LinkToken {
  const [link, setLink] = useState(() => ({ token: readToken(), opening: 0 }));
  useEffect(() => {
    hideToken();
    const readLink = () => {
      const token = readToken();
      setLink(({ opening }) => ({ token, opening: opening + 1 }));
      hideToken();
    };
    addEventListener('hashchange', readLink);
    return () => removeEventListener('hashchange', readLink);
  }, []);
  return link;
}
