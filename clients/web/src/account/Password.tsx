import { useCallback, useState } from 'react';

import { useAction } from '../failure/useAction.ts';
import type { ChangePasswordInput } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client, session } from '../kennel.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';
import { useToast } from '../ui/Toasts.tsx';

const CHANGE_PASSWORD = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      user {
        id
        ...Devices_user
      }
      deviceToken
    }
  }
`);

/** Changes the password. This revokes all other sessions, and returns a new device token for this device. */
async function changePassword(input: ChangePasswordInput) {
  const { data } = await client.mutate({ mutation: CHANGE_PASSWORD, variables: { input } });
  session.keepDevice(data?.changePassword?.deviceToken);
}

/** The section of the account page that changes the password. */
export function Password() {
  const [isChanging, setChanging] = useState(false);
  return (
    <section className="panel" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p>With a new password, all your other devices are logged out.</p>
      <button type="button" onClick={() => setChanging(true)}>
        Change password
      </button>
      {isChanging && <ChangePasswordDialog onClose={() => setChanging(false)} />}
    </section>
  );
}

function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const toast = useToast();
  const action = useAction(useCallback((input: ChangePasswordInput) => changePassword(input), []));
  const submit = async (data: FormData) => {
    const text = (member: string) => String(data.get(`input.${member}`));
    if (await action.run({ currentPassword: text('currentPassword'), newPassword: text('newPassword') })) {
      toast({ message: 'Your password was changed.' });
      onClose();
    }
  };
  return (
    <Dialog title="Change your password" onClose={onClose}>
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <Field label="Your password" path="input.currentPassword" type="password" autoComplete="current-password" />
        <Field
          label="New password"
          path="input.newPassword"
          type="password"
          hint="8 characters or more"
          autoComplete="new-password"
        />
        <FormActions onCancel={onClose}>Save</FormActions>
      </Form>
    </Dialog>
  );
}
