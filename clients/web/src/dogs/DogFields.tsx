import { Field, textOf } from '../ui/Form.tsx';

/** The inputs of a dog, whose paths begin with `path`. */
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

/** The dog that has been typed in. What is empty is not known. */
export function dogFrom(data: FormData, path: string) {
  return {
    name: String(data.get(`${path}.name`) ?? '').trim(),
    breed: textOf(data, `${path}.breed`),
    birthDate: textOf(data, `${path}.birthDate`),
  };
}
