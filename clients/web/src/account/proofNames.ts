/** The display names of `amr` values, in the order in which a log-in asks for the proofs. */
const NAMES = [
  ['pwd', 'password'],
  ['email', 'mail'],
  ['otp', 'code'],
  ['recovery', 'recovery code'],
  ['hwk', 'passkey'],
  ['swk', 'passkey'],
] as const;

const LIST = new Intl.ListFormat('en');

/** Formats a session's `amr`, such as "password and code". Values without a name, such as `mfa`, are omitted. */
export function proofNames(amr: readonly string[]): string {
  return LIST.format(new Set(NAMES.filter(([value]) => amr.includes(value)).map(([, name]) => name)));
}
