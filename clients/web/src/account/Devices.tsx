import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { remove } from '@kennel/apollo';
import { useCallback } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import type { Devices_UserFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { useToast } from '../ui/Toasts.tsx';
import { ago } from '../ui/time.ts';
import { deviceName } from './deviceName.ts';
import { proofNames } from './proofNames.ts';

const USER = graphql(`
  fragment Devices_user on User {
    id
    sessions {
      id
      current
      userAgent
      ipAddress
      lastUsedAt
      amr
    }
  }
`);

const REVOKE_SESSION = graphql(`
  mutation RevokeSession($input: RevokeSessionInput!) {
    revokeSession(input: $input) {
      revokedSessionId
    }
  }
`);

const revokeSession = (id: string) =>
  client.mutate({
    mutation: REVOKE_SESSION,
    variables: { input: { id } },
    update(cache, { data }) {
      if (data?.revokeSession) {
        remove(cache, 'Session', [data.revokeSession.revokedSessionId]);
      }
    },
  });

/** The account's sessions by device. Each session except the current one can be revoked. */
export function Devices({ user }: { user: FragmentType<Devices_UserFragment> }) {
  const { data, complete } = useFragment({ fragment: USER, from: user });
  const toast = useToast();
  const action = useAction(
    useCallback(
      async ({ id, name }: { id: string; name: string }) => {
        await revokeSession(id);
        toast({ message: `${name} was logged out.` });
      },
      [toast],
    ),
  );
  if (!complete) {
    return null;
  }
  return (
    <section className="panel" aria-labelledby="devices">
      <h2 id="devices">Your devices</h2>
      <ul className="devices">
        {data.sessions.map(({ id, current, userAgent, ipAddress, lastUsedAt, amr }) => {
          const name = deviceName(userAgent ?? null);
          const proofs = proofNames(amr);
          return (
            <li key={id}>
              <span className="device-name">
                {name} {current && <span className="tag good">this device</span>}
                <span className="row-note">
                  {ipAddress}, used {ago(lastUsedAt)}
                  {proofs && `, proved by ${proofs}`}
                </span>
              </span>
              {!current && (
                <button
                  type="button"
                  disabled={action.isRunning}
                  aria-label={`Log out ${name}, used ${ago(lastUsedAt)}`}
                  onClick={() => void action.run({ id, name })}
                >
                  Log out
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <FailureMessage failure={action.failure} onRepeat={() => void action.repeat()} />
    </section>
  );
}
