import { useQuery } from '@apollo/client/react';
import { useCallback, useRef, useState } from 'react';

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

// With the fields of the account page: the cache replaces an object without an id as a whole, and a new passkey has no others.
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

/** The mutations for which any proof counts. The others need the second factor or a passkey, if the account has either. */
const ENDING_SESSIONS: unknown[] = ['revokeSession', 'revokeOtherSessions'];

/** Takes the proof that a mutation needs: one that counts for it. */
export function ProofDialog({
  field,
  onClose,
}: {
  /** The field of the mutation that was refused. */
  field: unknown;
  onClose: (given: boolean) => void;
}) {
  // What counts may have changed on another device.
  const { data, error, refetch } = useQuery(PROOF, { fetchPolicy: 'network-only' });
  const [wantsPassword, setWantsPassword] = useState(false);
  const isProved = useRef(false);
  const action = useAction(
    useCallback(async (given: ReauthenticateInput | undefined) => {
      try {
        const input = given ?? { passkey: await askBrowser() };
        await client.mutate({ mutation: REAUTHENTICATE, variables: { input } });
        isProved.current = true;
      } catch (refusal) {
        if (!isDismissed(refusal)) {
          throw refusal;
        }
      }
    }, []),
  );
  const prove = async (given?: ReauthenticateInput) => {
    await action.run(given);
    if (isProved.current) {
      onClose(true);
    }
  };
  const me = data?.me;
  const title = 'Is it you?';
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
    void prove(kind === 'code' ? proofOf(text('code')) : kind === 'password' ? { password: text('password') } : undefined);
  };
  return (
    <Dialog title={title} onClose={() => onClose(false)}>
      <Form action={action} onSubmit={submit}>
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
            {!passkeyButton && " This browser can't use them: try it with another one."}
          </p>
        )}
        {kind !== 'passkey' && passkeyButton && (
          <button type="button" disabled={action.isRunning} onClick={() => void prove()}>
            Use a passkey
          </button>
        )}{' '}
        {takesCode && takesPassword && (
          <button type="button" onClick={() => setWantsPassword(!wantsPassword)}>
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

/** Lets the browser prove a passkey. */
async function askBrowser(): Promise<string> {
  const { data } = await client.mutate({ mutation: BEGIN_PASSKEY_PROOF, fetchPolicy: 'no-cache' });
  return askForPasskey(data?.beginPasskeyReauthentication?.options ?? '');
}
