import { useEffect, useState } from 'react';

/** Reads the token from the URL's fragment. It has no side effects: React calls state initializers twice in strict mode. */
function readToken(): string {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
}

/** Removes the token from the URL, and so from the browser's history. */
function hideToken() {
  history.replaceState(history.state, '', location.pathname);
}

interface LinkToken {
  /** Empty if the link has no token. */
  token: string;
  /** A React key that changes with each opened link, even if the same link is opened again. */
  opening: number;
}

/** Returns the token of a link in a mail, and that of each link that is later opened in the same tab. */
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
