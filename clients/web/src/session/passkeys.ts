// The browser's API for passkeys (WebAuthn), with options and credentials as JSON.

/** Returns whether the browser supports passkeys, with options as JSON. */
export const hasPasskeys = () => typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function';

/** Creates a passkey, and returns its credential. */
export async function makePasskey(options: string): Promise<string> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
  return jsonOf(await navigator.credentials.create({ publicKey }));
}

/** Returns whether the user has closed the browser's dialog, or the dialog has timed out. */
export function isDismissed(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}

// #region ask
/**
 * Asks the browser for a passkey's assertion, and returns its credential.
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
