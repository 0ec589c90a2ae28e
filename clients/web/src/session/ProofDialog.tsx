import { useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';

import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import type { ReauthenticateInput } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';
import { CodeField, proofOf } from './CodeField.tsx';
import { askForPasskey, hasPasskeys, isDismissed } from './passkeys.ts';

const REAUTHENTICATE = graphql(`
  mutation Reauthenticate($input: ReauthenticateInput!) {
    reauthenticate(input: $input) {
      session {
        id
        authenticatedAt
        amr
      }
    }
  }
`);

const BEGIN_PASSKEY_PROOF = graphql(`
  mutation BeginPasskeyProof {
    beginPasskeyReauthentication {
      options
    }
  }
`);

// The account page's fragments complete the cached objects: `secondFactor` has no id, so a response with fewer fields would
// replace the cached object, and a passkey that is new to the cache would lack the fields that the page shows.
const PROOF = graphql(`
  query Proof {
    me {
      id
      secondFactor {
        kinds
      }
      passkeys {
        id
      }
      ...SecondFactor_user
      ...Passkeys_user
    }
  }
`);

/** The mutations that accept any proof. All others require the second factor or a passkey, if the account has either. */
const ENDING_SESSIONS: unknown[] = ['revokeSession', 'revokeOtherSessions'];

/** Asks for a proof that the refused mutation accepts. */
export function ProofDialog({
  field,
  onClose,
}: {
  /** The root field of the refused mutation. */
  field: unknown;
  onClose: (given: boolean) => void;
}) {
  // From the network: the second factor and the passkeys may have changed on another device.
  const { data, error, refetch } = useQuery(PROOF, { fetchPolicy: 'network-only' });
  const [wantsPassword, setWantsPassword] = useState(false);
  const action = useAction(
    useCallback(
      async (given: ReauthenticateInput | undefined) => {
        try {
          const input = given ?? { passkey: await askBrowser() };
          await client.mutate({ mutation: REAUTHENTICATE, variables: { input } });
          onClose(true);
        } catch (refusal) {
          if (!isDismissed(refusal)) {
            throw refusal;
          }
        }
      },
      [onClose],
    ),
  );
  const me = data?.me;
  // The session has ended: a proof is no longer possible.
  const isLoggedOut = me === null;
  useEffect(() => {
    if (isLoggedOut) {
      onClose(false);
    }
  }, [isLoggedOut, onClose]);
  const title = 'Confirm that it is you';
  if (!me) {
    return (
      error && (
        <Dialog title={title} onClose={() => onClose(false)}>
          <LoadFailure failure={explain(error)} onRepeat={() => void refetch()} />
        </Dialog>
      )
    );
  }
  const takesCode = Boolean(me.secondFactor);
  const hasPasskey = me.passkeys.length > 0;
  const takesPassword = ENDING_SESSIONS.includes(field) || !(takesCode || hasPasskey);
  const kind = takesCode && !wantsPassword ? 'code' : takesPassword ? 'password' : 'passkey';
  const passkeyButton = hasPasskey && hasPasskeys();
  const submit = (form: FormData) => {
    const text = (member: string) => String(form.get(`input.${member}`));
    void action.run(
      kind === 'code' ? proofOf(text('code')) : kind === 'password' ? { password: text('password') } : undefined,
    );
  };
  return (
    <Dialog title={title} onClose={() => onClose(false)}>
      <Form action={action} onSubmit={submit} onRepeat={() => void action.repeat()}>
        {kind === 'code' ? (
          <>
            <p>This needs a code of your second factor{passkeyButton && ', or a passkey'}.</p>
            <CodeField key="code" />
          </>
        ) : kind === 'password' ? (
          <>
            <p>This needs your password{passkeyButton && ', or a passkey'}.</p>
            <Field
              key="password"
              label="Password"
              path="input.password"
              type="password"
              autoComplete="current-password"
              autoFocus
            />
          </>
        ) : (
          <p>
            This needs one of your passkeys.
            {!passkeyButton && ' This browser has no support for passkeys. Use another browser.'}
          </p>
        )}
        {kind !== 'passkey' && passkeyButton && (
          <button type="button" disabled={action.isRunning} onClick={() => void action.run(undefined)}>
            Use a passkey
          </button>
        )}{' '}
        {takesCode && takesPassword && (
          <button
            type="button"
            onClick={() => {
              action.clear();
              setWantsPassword(!wantsPassword);
            }}
          >
            {wantsPassword ? 'Use a code' : 'Use the password'}
          </button>
        )}
        {(kind !== 'passkey' || passkeyButton) && (
          <FormActions onCancel={() => onClose(false)}>{kind === 'passkey' ? 'Use a passkey' : 'Continue'}</FormActions>
        )}
      </Form>
    </Dialog>
  );
}

/** Asks the browser for a passkey's assertion. */
async function askBrowser(): Promise<string> {
  const { data } = await client.mutate({ mutation: BEGIN_PASSKEY_PROOF, fetchPolicy: 'no-cache' });
  return askForPasskey(data?.beginPasskeyReauthentication?.options ?? '');
}
