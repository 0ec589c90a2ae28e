import { Field, textOf } from '../ui/Form.tsx';

/** The inputs of a dog. Their paths have the prefix `path`. */
export function DogFields({
  path,
  dog,
  autoFocus = false,
}: {
  path: string;
  dog?: { name: string; breed?: string | null; birthDate?: string | null };
  autoFocus?: boolean;
}) {
  return (
    <div className="dog-fields">
      <Field label="Name" path={`${path}.name`} defaultValue={dog?.name} autoComplete="off" autoFocus={autoFocus} />
      <Field label="Breed" path={`${path}.breed`} defaultValue={dog?.breed ?? ''} autoComplete="off" />
      <Field label="Born" path={`${path}.birthDate`} type="date" defaultValue={dog?.birthDate ?? ''} />
    </div>
  );
}

/** Reads a dog from the form data. An empty breed or date of birth is null: unknown. */
export function dogFrom(data: FormData, path: string) {
  return {
    name: String(data.get(`${path}.name`) ?? '').trim(),
    breed: textOf(data, `${path}.breed`),
    birthDate: textOf(data, `${path}.birthDate`),
  };
}
