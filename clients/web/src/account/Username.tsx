import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { useState } from 'react';

import type { Username_UserFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { ChangeProfileDialog } from './ChangeProfileDialog.tsx';
import type { ProfileMember } from './ChangeProfileDialog.tsx';

const USER = graphql(`
  fragment Username_user on User {
    id
    username
  }
`);

const USERNAME: ProfileMember = { name: 'username', label: 'Name', type: 'text', done: 'Your name was changed.' };

/** The username, with the action that changes it. */
export function Username({ user }: { user: FragmentType<Username_UserFragment> }) {
  const { data, complete } = useFragment({ fragment: USER, from: user });
  const [isChanging, setChanging] = useState(false);
  if (!complete) {
    return null;
  }
  return (
    <div className="toolbar">
      <h1>{data.username}</h1>
      <button type="button" onClick={() => setChanging(true)}>
        Change name
      </button>
      {isChanging && (
        <ChangeProfileDialog member={USERNAME} value={data.username} onClose={() => setChanging(false)} />
      )}
    </div>
  );
}
