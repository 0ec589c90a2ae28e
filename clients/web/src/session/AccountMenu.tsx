import { useFragment } from '@apollo/client/react';
import type { FragmentType } from '@apollo/client/masking';
import { NavLink } from 'react-router';

import type { AccountMenu_UserFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { session } from '../kennel.ts';
import { useToast } from '../ui/Toasts.tsx';

const USER = graphql(`
  fragment AccountMenu_user on User {
    id
    username
  }
`);

/** A link to the account page, and the log-out button. */
export function AccountMenu({ user }: { user: FragmentType<AccountMenu_UserFragment> }) {
  const { data, complete } = useFragment({ fragment: USER, from: user });
  const toast = useToast();
  const logOut = async () => {
    try {
      await session.logOut();
    } catch {
      toast({ message: "Logged out here. Kennel can't be reached, and may not know of it.", isFault: true });
    }
  };
  return (
    <div className="account">
      <NavLink to="/account" title="Account and devices">
        {complete ? data.username : ''}
      </NavLink>
      <button type="button" className="quiet" onClick={() => void logOut()}>
        Log out
      </button>
    </div>
  );
}
