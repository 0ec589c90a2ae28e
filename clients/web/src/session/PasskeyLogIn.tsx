import { useCallback, useEffect, useRef } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import { graphql } from '../gql/index.ts';
import { client, session } from '../kennel.ts';
import { askForPasskey, hasPasskeys, isDismissed } from './passkeys.ts';

/** The interval at which the autofill gets a new challenge, in milliseconds: a challenge expires after two minutes. */
const RENEWAL = 100_000;

/**
 * The delay before the autofill offers passkeys again after a refused one, in milliseconds: a password manager may select
 * the same passkey at once, in a loop.
 */
const PAUSE = 2_000;

const BEGIN_PASSKEY_LOG_IN = graphql(`
  mutation BeginPasskeyLogIn {
    beginPasskeyLogin {
      options
    }
  }
`);

/** Returns the browser's credential; undefined if the dialog was closed, or if the autofill failed or was aborted. */
async function ask(request: CredentialRequestOptions): Promise<string | undefined> {
  try {
    const { data } = await client.mutate({ mutation: BEGIN_PASSKEY_LOG_IN, fetchPolicy: 'no-cache' });
    return await askForPasskey(data?.beginPasskeyLogin?.options ?? '', request);
  } catch (error) {
    if (request.mediation === 'conditional' || isDismissed(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Log-in with a passkey: by a button, and by the autofill of the name (conditional mediation). */
export function PasskeyLogIn({ onDone }: { onDone: () => void }) {
  const autofill = useRef<AbortController>(undefined);
  const isDone = useRef(false);
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  }, [onDone]);
  const action = useAction(
    useCallback(async (chosen: string | undefined) => {
      const credential = chosen ?? (await ask({}));
      if (credential !== undefined) {
        await session.logInWithPasskey(credential);
        isDone.current = true;
      }
    }, []),
  );
  const { run } = action;

  /** Offers passkeys in the autofill until a log-in succeeds, the button is used, or the component is unmounted. */
  const offer = useCallback(async () => {
    const { signal } = (autofill.current = new AbortController());
    if (!hasPasskeys() || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) {
      return;
    }
    while (!signal.aborted && !isDone.current) {
      const renewal = AbortSignal.timeout(RENEWAL);
      const credential = await ask({ mediation: 'conditional', signal: AbortSignal.any([signal, renewal]) });
      if (credential !== undefined) {
        if (!(await run(credential))) {
          await new Promise((resolve) => setTimeout(resolve, PAUSE));
        }
      } else if (!renewal.aborted) {
        return;
      }
    }
    if (isDone.current && !signal.aborted) {
      done.current();
    }
  }, [run]);

  useEffect(() => {
    void offer();
    return () => autofill.current?.abort();
  }, [offer]);

  if (!hasPasskeys()) {
    return null;
  }
  const logIn = async () => {
    autofill.current?.abort();
    await run(undefined);
    if (isDone.current) {
      done.current();
    } else {
      void offer();
    }
  };
  return (
    <>
      <p className="card-links">
        <button type="button" onClick={() => void logIn()}>
          Log in with a passkey
        </button>
      </p>
      <FailureMessage
        failure={action.failure && { ...action.failure, message: messageOf(action.failure) }}
        onRepeat={() => void logIn()}
      />
    </>
  );
}

function messageOf({ code, message }: { code: string; message: string }): string {
  return code === 'UNAUTHENTICATED' ? 'This passkey opens no account here.' : message;
}
