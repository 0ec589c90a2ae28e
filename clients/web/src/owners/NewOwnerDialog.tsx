import { useCallback, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import { DogFields, dogFrom } from '../dogs/DogFields.tsx';
import { useAction } from '../failure/useAction.ts';
import type { ActionContext } from '../failure/useAction.ts';
import type { CreateOwnerInput } from '../gql/graphql.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { createOwner, deleteOwner } from './mutations.ts';

/** The maximum number of dogs in the input of `createOwner`. */
const MAX_DOGS = 100;

export function NewOwnerDialog() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const toast = useToast();
  const [dogs, setDogs] = useState<number[]>([]);
  const close = () => void navigate({ pathname: '/owners', search: params.toString() });
  const action = useAction(
    useCallback(
      async (input: CreateOwnerInput, context: ActionContext) => {
        const id = await createOwner(input, context);
        toast({
          message: `${input.name} was added.`,
          undo: () => {
            void navigate('/owners');
            deleteOwner(id).catch(() => toast({ message: `${input.name} could not be removed.`, isFault: true }));
          },
        });
        await navigate(`/owners/${id}`);
      },
      [navigate, toast],
    ),
  );
  const submit = (data: FormData) => {
    const input = {
      name: String(data.get('input.name')),
      dogs: dogs.map((_, index) => dogFrom(data, `input.dogs.${index}`)),
    };
    void action.run(input);
  };
  return (
    <Dialog title="New owner" onClose={close}>
      <Form action={action} onSubmit={submit}>
        <Field label="Name" path="input.name" autoComplete="off" autoFocus />
        {dogs.map((key, index) => (
          <fieldset key={key}>
            <legend>Dog {index + 1}</legend>
            <DogFields path={`input.dogs.${index}`} autoFocus />
            <button
              type="button"
              className="quiet"
              onClick={() => {
                action.clear();
                setDogs(dogs.filter((other) => other !== key));
              }}
            >
              Remove dog {index + 1}
            </button>
          </fieldset>
        ))}
        <button
          type="button"
          disabled={dogs.length >= MAX_DOGS}
          onClick={() => setDogs([...dogs, (dogs.at(-1) ?? 0) + 1])}
        >
          Add a dog
        </button>
        <FormActions onCancel={close}>Add owner</FormActions>
      </Form>
    </Dialog>
  );
}
