import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { useCallback, useState } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import type { Passkeys_UserFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { hasPasskeys, isDismissed, makePasskey } from '../session/passkeys.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';
import { ago } from '../ui/time.ts';
import { useToast } from '../ui/Toasts.tsx';
import { deviceName } from './deviceName.ts';

const USER = graphql(`
  fragment Passkeys_user on User {
    id
    passkeys {
      id
      name
      createdAt
      lastUsedAt
      backedUp
    }
  }
`);

const BEGIN_REGISTRATION = graphql(`
  mutation BeginPasskeyRegistration {
    beginPasskeyRegistration {
      options
    }
  }
`);

const FINISH_REGISTRATION = graphql(`
  mutation FinishPasskeyRegistration($input: FinishPasskeyRegistrationInput!) {
    finishPasskeyRegistration(input: $input) {
      passkey {
        id
      }
    }
  }
`);

const RENAME_PASSKEY = graphql(`
  mutation RenamePasskey($input: RenamePasskeyInput!) {
    renamePasskey(input: $input) {
      passkey {
        id
        name
      }
    }
  }
`);

const REMOVE_PASSKEY = graphql(`
  mutation RemovePasskey($input: RemovePasskeyInput!) {
    removePasskey(input: $input) {
      removedPasskeyId
    }
  }
`);

/** Creates a passkey and registers it, unless the user closes the dialog, or the authenticator already has one. */
async function addPasskey() {
  const { data } = await client.mutate({ mutation: BEGIN_REGISTRATION, fetchPolicy: 'no-cache' });
  const credential = await makePasskey(data?.beginPasskeyRegistration?.options ?? '').catch((error: unknown) => {
    if (isDismissed(error) || (error instanceof DOMException && error.name === 'InvalidStateError')) {
      return undefined;
    }
    throw error;
  });
  if (credential !== undefined) {
    await client.mutate({
      mutation: FINISH_REGISTRATION,
      variables: { input: { credential, name: deviceName(navigator.userAgent) } },
      refetchQueries: ['AccountPage'],
      awaitRefetchQueries: true,
    });
  }
}

const removePasskey = (id: string) =>
  client.mutate({
    mutation: REMOVE_PASSKEY,
    variables: { input: { id } },
    update(cache, { data }) {
      if (data?.removePasskey) {
        // The evicted passkey disappears from `User.passkeys`: Apollo Client filters dangling references out of lists.
        cache.evict({ id: cache.identify({ __typename: 'Passkey', id })! });
        cache.gc();
      }
    },
  });

interface Named {
  id: string;
  name: string;
}

/** The account's passkeys, with the actions that add, rename and remove them. */
export function Passkeys({ user }: { user: FragmentType<Passkeys_UserFragment> }) {
  const { data, complete } = useFragment({ fragment: USER, from: user });
  const [renamed, setRenamed] = useState<Named>();
  const toast = useToast();
  const add = useAction<void>(addPasskey);
  const removal = useAction(
    useCallback(
      async ({ id, name }: Named) => {
        await removePasskey(id);
        toast({ message: `${name} does not log in any more. All other devices are logged out.` });
      },
      [toast],
    ),
  );
  if (!complete) {
    return null;
  }
  return (
    <section className="panel" aria-labelledby="passkeys">
      <h2 id="passkeys">Passkeys</h2>
      <p>A passkey logs in with your fingerprint, your face or the PIN of your device, without your password.</p>
      {data.passkeys.length > 0 && (
        <ul className="devices">
          {data.passkeys.map(({ id, name, createdAt, lastUsedAt, backedUp }) => (
            <li key={id}>
              <span className="device-name">
                {name} {backedUp && <span className="tag good">backed up</span>}
                <span className="row-note">{lastUsedAt ? `used ${ago(lastUsedAt)}` : `added ${ago(createdAt)}`}</span>
              </span>
              <span>
                <button type="button" aria-label={`Rename ${name}`} onClick={() => setRenamed({ id, name })}>
                  Rename
                </button>{' '}
                <button
                  type="button"
                  disabled={removal.isRunning}
                  aria-label={`Remove ${name}`}
                  onClick={() => void removal.run({ id, name })}
                >
                  Remove
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {hasPasskeys() && (
        <button type="button" disabled={add.isRunning} onClick={() => void add.run()}>
          Add a passkey
        </button>
      )}
      <FailureMessage
        failure={add.failure ?? removal.failure}
        onRepeat={() => void (add.failure ? add.repeat() : removal.repeat())}
      />
      {renamed && <RenameDialog passkey={renamed} onClose={() => setRenamed(undefined)} />}
    </section>
  );
}

function RenameDialog({ passkey, onClose }: { passkey: Named; onClose: () => void }) {
  const { id } = passkey;
  const action = useAction(
    useCallback(
      (name: string) => client.mutate({ mutation: RENAME_PASSKEY, variables: { input: { id, name } } }),
      [id],
    ),
  );
  const submit = async (data: FormData) => {
    if (await action.run(String(data.get('input.name')))) {
      onClose();
    }
  };
  return (
    <Dialog title="Rename the passkey" onClose={onClose}>
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <Field label="Name" path="input.name" defaultValue={passkey.name} autoFocus />
        <FormActions onCancel={onClose}>Save</FormActions>
      </Form>
    </Dialog>
  );
}
