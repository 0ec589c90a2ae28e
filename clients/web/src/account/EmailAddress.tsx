import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { useCallback, useState } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import type { EmailAddress_UserFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';

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

/** The address, and the way to verify it. */
export function EmailAddress({ user }: { user: FragmentType<EmailAddress_UserFragment> }) {
  const { data, complete } = useFragment({ fragment: USER, from: user });
  const [isSent, setSent] = useState(false);
  const action = useAction(useCallback(() => client.mutate({ mutation: REQUEST_EMAIL_VERIFICATION }), []));
  if (!complete) {
    return null;
  }
  const send = async () => setSent(await action.run(undefined));
  return (
    <section className="panel" aria-labelledby="email">
      <h2 id="email">Email address</h2>
      <p>
        {data.email} <span className={data.emailVerifiedAt ? 'tag good' : 'tag'}>{data.emailVerifiedAt ? 'confirmed' : 'not confirmed'}</span>
      </p>
      {!data.emailVerifiedAt &&
        (isSent ? (
          <p role="status">A link to confirm it is on its way to this address.</p>
        ) : (
          <button type="button" disabled={action.isRunning} onClick={() => void send()}>
            Send a link to confirm it
          </button>
        ))}
      <FailureMessage failure={action.failure} onRepeat={() => void send()} />
    </section>
  );
}
