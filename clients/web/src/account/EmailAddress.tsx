import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { useCallback, useState } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import type { EmailAddress_UserFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { ChangeProfileDialog } from './ChangeProfileDialog.tsx';
import type { ProfileMember } from './ChangeProfileDialog.tsx';

const USER = graphql(`
  fragment EmailAddress_user on User {
    id
    email
    emailVerifiedAt
  }
`);

const REQUEST_EMAIL_VERIFICATION = graphql(`
  mutation RequestEmailVerification {
    requestEmailVerification {
      success
    }
  }
`);

const EMAIL: ProfileMember = {
  name: 'email',
  label: 'Email address',
  type: 'email',
  done: 'Your email address was changed.',
};

/** The email address, with the actions that verify and change it. */
export function EmailAddress({ user }: { user: FragmentType<EmailAddress_UserFragment> }) {
  const { data, complete } = useFragment({ fragment: USER, from: user });
  const [sentTo, setSentTo] = useState<string>();
  const [isChanging, setChanging] = useState(false);
  const action = useAction(useCallback(() => client.mutate({ mutation: REQUEST_EMAIL_VERIFICATION }), []));
  if (!complete) {
    return null;
  }
  const send = async () => {
    if (await action.run(undefined)) {
      setSentTo(data.email);
    }
  };
  return (
    <section className="panel" aria-labelledby="email">
      <h2 id="email">Email address</h2>
      <p>
        {data.email} <span className={data.emailVerifiedAt ? 'tag good' : 'tag'}>{data.emailVerifiedAt ? 'confirmed' : 'not confirmed'}</span>
      </p>
      {!data.emailVerifiedAt && sentTo === data.email && (
        <p role="status">A link to confirm it is on its way to this address.</p>
      )}
      <div className="actions">
        {!data.emailVerifiedAt && sentTo !== data.email && (
          <button type="button" disabled={action.isRunning} onClick={() => void send()}>
            Send a link to confirm it
          </button>
        )}
        <button type="button" onClick={() => setChanging(true)}>
          Change address
        </button>
      </div>
      {isChanging && <ChangeProfileDialog member={EMAIL} value={data.email} onClose={() => setChanging(false)} />}
      <FailureMessage failure={action.failure} onRepeat={() => void send()} />
    </section>
  );
}
