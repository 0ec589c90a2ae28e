import { Field } from '../ui/Form.tsx';

/** Takes a one-time code or a recovery code. */
export function CodeField() {
  return (
    <Field
      label="Code"
      path="input.code"
      hint="The six digits in your authenticator app, or a recovery code"
      autoComplete="one-time-code"
      autoCapitalize="none"
      autoFocus
    />
  );
}

/** Tells which of both was entered: one-time codes are digits. */
export function proofOf(text: string): { code: string } | { recoveryCode: string } {
  return /^[\d ]*$/.test(text) ? { code: text } : { recoveryCode: text };
}
