import { useQuery } from '@apollo/client/react';
import { useCallback } from 'react';

import { useAction } from '../failure/useAction.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';
import { CodeField, proofOf } from './CodeField.tsx';

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

// With the fields of the account page: the cache replaces an object without an id as a whole.
const PROOF = graphql(`
  query Proof {
    me {
      id
      secondFactor {
        kinds
      }
      ...SecondFactor_user
    }
  }
`);

/** Asks for the password or, where the account has a second factor, for a code of it. */
export function ProofDialog({ onClose }: { onClose: (given: boolean) => void }) {
  const { data: proof, error } = useQuery(PROOF);
  const needsCode = Boolean(proof?.me?.secondFactor);
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
        <p>You gave it some time ago, and this needs it once more.</p>
        {needsCode ? (
          <CodeField />
        ) : (
          <Field label="Password" path="input.password" type="password" autoComplete="current-password" autoFocus />
        )}
        <FormActions onCancel={() => onClose(false)}>Continue</FormActions>
      </Form>
    </Dialog>
  );
}
