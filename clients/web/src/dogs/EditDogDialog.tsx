import { useCallback, useState } from 'react';

import { useAction } from '../failure/useAction.ts';
import { OwnerPicker } from '../owners/OwnerPicker.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Form, FormActions } from '../ui/Form.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { DogFields, dogFrom } from './DogFields.tsx';
import { updateDog } from './mutations.ts';
import type { Dog } from './mutations.ts';

/** Changes a dog, or moves it to another owner. */
export function EditDogDialog({ dog: shown, onClose }: { dog: Dog; onClose: () => void }) {
  // A snapshot from when the dialog was opened: undo restores it even if the change feed has updated the prop since.
  const [dog] = useState(shown);
  const [owner, setOwner] = useState(dog.owner);
  const toast = useToast();
  const action = useAction(updateDog);
  const submit = async (data: FormData) => {
    const changed = { ...dog, ...dogFrom(data, 'input'), owner };
    if (await action.run(changed)) {
      const undo = () =>
        updateDog(dog).catch(() => toast({ message: `${dog.name} could not be changed back.`, isFault: true }));
      const message = owner.id === dog.owner.id ? `${changed.name} was changed.` : `${changed.name} is ${owner.name}’s now.`;
      toast({ message, undo: () => void undo() });
      onClose();
    }
  };
  return (
    <Dialog title={`Edit ${dog.name}`} onClose={onClose}>
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <DogFields path="input" dog={dog} autoFocus />
        <OwnerPicker owner={owner} onPick={useCallback((picked) => setOwner(picked), [])} />
        <FormActions onCancel={onClose}>Save</FormActions>
      </Form>
    </Dialog>
  );
}
