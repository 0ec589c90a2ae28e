// Passkeys of the browser: options and credentials are JSON.

/** Whether the browser has what passkeys need. */
export const hasPasskeys = () => typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function';

/** Lets the browser make a passkey. */
export async function makePasskey(options: string): Promise<string> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
  return jsonOf(await navigator.credentials.create({ publicKey }));
}

/** Whether an error says that the person has closed the browser's dialog, or has taken too long. */
export function isDismissed(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}

// #region ask
/**
 * Requests an assertion of a passkey. Returns it as JSON.
 *
 * @param request `mediation: 'conditional'` offers passkeys in the autofill of inputs instead of a dialog
 */
export async function askForPasskey(options: string, request: CredentialRequestOptions = {}): Promise<string> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
  return jsonOf(await navigator.credentials.get({ ...request, publicKey }));
}

function jsonOf(credential: Credential | null): string {
  return JSON.stringify((credential as PublicKeyCredential).toJSON());
}
// #endregion
