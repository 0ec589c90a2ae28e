/** What people call a proof, in the order in which a log-in asks for them. */
const NAMES = [
  ['pwd', 'password'],
  ['email', 'mail'],
  ['otp', 'code'],
  ['recovery', 'recovery code'],
  ['hwk', 'passkey'],
  ['swk', 'passkey'],
] as const;

const LIST = new Intl.ListFormat('en');

/** How a session was proved, by its `amr`: "password and code". Values without a name, such as `mfa`, are left out. */
export function proofNames(amr: readonly string[]): string {
  return LIST.format(new Set(NAMES.filter(([value]) => amr.includes(value)).map(([, name]) => name)));
}
