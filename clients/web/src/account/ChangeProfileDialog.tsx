import { useCallback } from 'react';

import { useAction } from '../failure/useAction.ts';
import { graphql } from '../gql/index.ts';
import type { UpdateMeInput } from '../gql/graphql.ts';
import { client } from '../kennel.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';
import { useToast } from '../ui/Toasts.tsx';

const UPDATE_ME = graphql(`
  mutation UpdateMe($input: UpdateMeInput!) {
    updateMe(input: $input) {
      user {
        id
        username
        email
        emailVerifiedAt
        ...Devices_user
      }
    }
  }
`);

/** A field of `UpdateMeInput` with its label, its input type, and the toast that is shown after the change. */
export interface ProfileMember {
  name: 'username' | 'email';
  label: string;
  type: 'text' | 'email';
  done: string;
}

/** Changes a field of the account, which requires the current password. */
export function ChangeProfileDialog({
  member: { name, label, type, done },
  value,
  onClose,
}: {
  member: ProfileMember;
  value: string;
  onClose: () => void;
}) {
  const toast = useToast();
  const action = useAction(
    useCallback((input: UpdateMeInput) => client.mutate({ mutation: UPDATE_ME, variables: { input } }), []),
  );
  const submit = async (data: FormData) => {
    const text = (member: string) => String(data.get(`input.${member}`));
    if (await action.run({ [name]: text(name), currentPassword: text('currentPassword') })) {
      toast({ message: done });
      onClose();
    }
  };
  return (
    <Dialog title={`Change your ${label.toLowerCase()}`} onClose={onClose}>
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <Field
          label={label}
          path={`input.${name}`}
          type={type}
          defaultValue={value}
          autoComplete={name}
          autoCapitalize="none"
        />
        <Field label="Your password" path="input.currentPassword" type="password" autoComplete="current-password" />
        <FormActions onCancel={onClose}>Save</FormActions>
      </Form>
    </Dialog>
  );
}
