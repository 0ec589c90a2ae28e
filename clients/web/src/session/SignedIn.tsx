import { useQuery } from '@apollo/client/react';
import { hasCode } from '@kennel/apollo';
import { useEffect, useState } from 'react';
import { Navigate, NavLink, Outlet, useLocation } from 'react-router';

import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { graphql } from '../gql/index.ts';
import { session } from '../kennel.ts';
import { ConnectionIndicator } from '../live/ConnectionIndicator.tsx';
import { useChanges } from '../live/useChanges.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { Reauthentication } from './Reauthentication.tsx';

/** Reads the change feed's cursor before the pages load their data, so that the feed delivers every later change. */
const SIGNED_IN = graphql(`
  query SignedIn {
    myChangesCursor
    me {
      id
      ...AccountMenu_user
    }
  }
`);

/** The layout of the pages that need a session. Without one, it redirects to the log-in, which redirects back. */
export function SignedIn() {
  const location = useLocation();
  const [ended, setEnded] = useState<'ended' | 'logged out'>();
  const { data, previousData, error, refetch } = useQuery(SIGNED_IN, { fetchPolicy: 'network-only', nextFetchPolicy: 'cache-first' });
  useChanges(data?.myChangesCursor);
  useEffect(() => {
    const onEnded = (event: Event) => {
      const isLogOut = event instanceof CustomEvent && (event.detail as { isLogOut?: boolean }).isLogOut;
      setEnded(isLogOut ? 'logged out' : 'ended');
    };
    session.addEventListener('ended', onEnded);
    return () => session.removeEventListener('ended', onEnded);
  }, []);

  if (ended === 'logged out') {
    return <Navigate to="/login" replace />;
  }
  if (ended || hasCode(error, 'UNAUTHENTICATED')) {
    const from = `${location.pathname}${location.search}`;
    return <Navigate to="/login" state={{ from, hasEnded: ended !== undefined }} replace />;
  }
  // While the store is reset, the previous data keeps the page mounted: its forms may have unsaved input.
  const shown = data ?? previousData;
  if (error && !shown) {
    return (
      <main>
        <LoadFailure failure={explain(error)} onRepeat={refetch} />
      </main>
    );
  }
  if (!shown?.me) {
    return null;
  }
  return (
    <Reauthentication>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <NavLink to="/owners" className="bar-name" aria-label="Kennel, home">
          <img src={`${import.meta.env.BASE_URL}kennel.svg`} alt="" width="24" height="24" />
          <span>Kennel</span>
        </NavLink>
        <nav aria-label="Main">
          <NavLink to="/owners">Owners</NavLink>
          <NavLink to="/dogs">Dogs</NavLink>
        </nav>
        <ConnectionIndicator />
        <AccountMenu user={shown.me} />
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </Reauthentication>
  );
}
