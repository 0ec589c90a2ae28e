import { useQuery } from '@apollo/client/react';
import { useCallback, useRef } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
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

// With the fields of the account page: the cache replaces an object without an id as a whole.
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
    }
  }
`);

async function provePasskey() {
  const { data } = await client.mutate({ mutation: BEGIN_PASSKEY_PROOF, fetchPolicy: 'no-cache' });
  const passkey = await askForPasskey(data?.beginPasskeyReauthentication?.options ?? '');
  await client.mutate({ mutation: REAUTHENTICATE, variables: { input: { passkey } } });
}

/** Asks for the password or, where the account has a second factor, for a code of it; or for a passkey. */
export function ProofDialog({ onClose }: { onClose: (given: boolean) => void }) {
  const { data: proof, error } = useQuery(PROOF);
  const needsCode = Boolean(proof?.me?.secondFactor);
  const usesPasskeys = Boolean(proof?.me?.passkeys.length);
  const action = useAction(
    useCallback(
      (text: string) =>
        client.mutate({
          mutation: REAUTHENTICATE,
          variables: { input: needsCode ? proofOf(text) : { password: text } },
        }),
      [needsCode],
    ),
  );
  const isProved = useRef(false);
  const passkey = useAction<void>(
    useCallback(async () => {
      try {
        await provePasskey();
        isProved.current = true;
      } catch (error) {
        if (!isDismissed(error)) {
          throw error;
        }
      }
    }, []),
  );
  const giveProof = async () => {
    await passkey.run();
    if (isProved.current) {
      onClose(true);
    }
  };
  const submit = async (data: FormData) => {
    if (await action.run(String(data.get(needsCode ? 'input.code' : 'input.password')))) {
      onClose(true);
    }
  };
  if (!proof && !error) {
    return null;
  }
  return (
    <Dialog title={needsCode ? 'A code, please' : 'Your password, please'} onClose={() => onClose(false)}>
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <p>
          You gave it some time ago, and this needs it once more.
          {!needsCode && usesPasskeys && ' To change passkeys or the two-step log-in, use a passkey instead.'}
        </p>
        {needsCode ? (
          <CodeField />
        ) : (
          <Field label="Password" path="input.password" type="password" autoComplete="current-password" autoFocus />
        )}
        {hasPasskeys() && usesPasskeys && (
          <button type="button" onClick={() => void giveProof()}>
            Use a passkey
          </button>
        )}
        <FailureMessage failure={passkey.failure} onRepeat={() => void giveProof()} />
        <FormActions onCancel={() => onClose(false)}>Continue</FormActions>
      </Form>
    </Dialog>
  );
}
