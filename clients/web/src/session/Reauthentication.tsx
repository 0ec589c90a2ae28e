import { createContext, useCallback, useContext, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { useAction } from '../failure/useAction.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';

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

const ReauthenticationContext = createContext<() => Promise<boolean>>(() => Promise.resolve(false));

/** Returns the function that asks for the password, and tells whether it was given. */
export function useReauthentication() {
  return useContext(ReauthenticationContext);
}

/** Asks for the password where an action needs it once more. */
export function Reauthentication({ children }: { children: ReactNode }) {
  const [isAsking, setAsking] = useState(false);
  const answer = useRef<(given: boolean) => void>(() => {});
  const ask = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        answer.current = resolve;
        setAsking(true);
      }),
    [],
  );
  const close = (given: boolean) => {
    setAsking(false);
    answer.current(given);
  };
  return (
    <ReauthenticationContext value={ask}>
      {children}
      {isAsking && <PasswordDialog onClose={close} />}
    </ReauthenticationContext>
  );
}

function PasswordDialog({ onClose }: { onClose: (given: boolean) => void }) {
  const action = useAction(
    useCallback(
      (password: string) => client.mutate({ mutation: REAUTHENTICATE, variables: { input: { password } } }),
      [],
    ),
  );
  const submit = async (data: FormData) => {
    if (await action.run(String(data.get('input.password')))) {
      onClose(true);
    }
  };
  return (
    <Dialog title="Your password, please" onClose={() => onClose(false)}>
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <p>You gave it some time ago, and this needs it once more.</p>
        <Field label="Password" path="input.password" type="password" autoComplete="current-password" autoFocus />
        <FormActions onCancel={() => onClose(false)}>Continue</FormActions>
      </Form>
    </Dialog>
  );
}
