import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import { useState } from 'react';

import { useAction } from '../failure/useAction.ts';
import type { OwnerName_OwnerFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Field, Form, Submit } from '../ui/Form.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { renameOwner } from './mutations.ts';

const OWNER_NAME = graphql(`
  fragment OwnerName_owner on Owner {
    id
    name
    createdAt
    updatedAt
  }
`);

/** The name of an owner, with inline editing. */
export function OwnerName({ owner }: { owner: FragmentType<OwnerName_OwnerFragment> }) {
  const { data, complete } = useFragment({ fragment: OWNER_NAME, from: owner });
  const [isEditing, setEditing] = useState(false);
  const action = useAction(renameOwner);
  const toast = useToast();
  if (!complete) {
    return null;
  }
  const { id, name, createdAt } = data;
  const submit = async (form: FormData) => {
    const next = String(form.get('input.name')).trim();
    if (next === name) {
      setEditing(false);
      return;
    }
    if (await action.run({ id, name: next, createdAt })) {
      setEditing(false);
      const undo = () =>
        renameOwner({ id, name, createdAt }).catch(() =>
          toast({ message: `${next} could not be renamed back.`, isFault: true }),
        );
      toast({ message: `${name} is called ${next} now.`, undo: () => void undo() });
    }
  };
  const stop = () => {
    action.clear();
    setEditing(false);
  };
  if (isEditing) {
    return (
      <Form
        action={action}
        className="rename"
        onSubmit={(form) => void submit(form)}
        onKeyDown={(event) => event.key === 'Escape' && stop()}
      >
        <Field label="Name" path="input.name" defaultValue={name} autoComplete="off" autoFocus />
        <Submit>Save</Submit>
        <button type="button" onClick={stop}>
          Cancel
        </button>
      </Form>
    );
  }
  return (
    <>
      <h1 className="owner-name">
        <Avatar text={name} />
        {name}
      </h1>
      <button type="button" onClick={() => setEditing(true)}>
        Rename
      </button>
    </>
  );
}
