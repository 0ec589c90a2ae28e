import { Field } from '../ui/Form.tsx';

/** An input for a one-time code or a recovery code. */
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

/** Returns the proof for an entered text: digits are a one-time code, anything else is a recovery code. */
export function proofOf(text: string): { code: string } | { recoveryCode: string } {
  return /^[\d ]*$/.test(text) ? { code: text } : { recoveryCode: text };
}
