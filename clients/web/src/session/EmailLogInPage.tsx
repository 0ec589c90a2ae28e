import { hasReason } from '@kennel/apollo';
import { useCallback, useRef, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import { session } from '../kennel.ts';
import { Field, Form, Submit } from '../ui/Form.tsx';
import { Card } from './Card.tsx';
import { CodePage } from './CodePage.tsx';
import { offersEmailLogIns, withdrawEmailLogIns } from './emailLogIns.ts';
import { useLinkToken } from './useLinkToken.ts';

type MailProof = { code: string } | { token: string };

/** Stops offering log-ins by mail if Kennel refuses one with EMAIL_LOGIN_DISABLED. */
async function withdrawIfDisabled<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    if (hasReason(error, 'EMAIL_LOGIN_DISABLED')) {
      withdrawEmailLogIns();
    }
    throw error;
  }
}

/** Log-in by mail: with the mail's code, on the page that has requested it, or with the mail's link, in the same browser. */
export function EmailLogInPage() {
  const { token, opening } = useLinkToken();
  // Each opened link is another key, which resets the state.
  return <EmailLogIn key={opening} token={token} />;
}

function EmailLogIn({ token }: { token: string }) {
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { from?: string } | null };
  const [link, setLink] = useState(token);
  const [address, setAddress] = useState<string>();
  const [mails, setMails] = useState(0);
  const [challenge, setChallenge] = useState<string>();
  const nextChallenge = useRef<string>(undefined);
  const request = useAction(useCallback((email: string) => withdrawIfDisabled(session.requestEmailLogIn(email)), []));
  const finish = useAction(
    useCallback(async (proof: MailProof) => {
      nextChallenge.current = (await withdrawIfDisabled(session.finishEmailLogIn(proof))).challenge?.token;
    }, []),
  );
  const redirect = () => navigate(state?.from ?? '/owners', { replace: true });
  const restart = () => {
    request.clear();
    finish.clear();
    setLink('');
    setAddress(undefined);
    setMails(0);
    setChallenge(undefined);
  };
  const send = async (email: string) => {
    if (await request.run(email)) {
      finish.clear();
      setAddress(email);
      setMails((count) => count + 1);
    }
  };
  const logIn = async (proof: MailProof) => {
    if (await finish.run(proof)) {
      if (nextChallenge.current === undefined) {
        await redirect();
      } else {
        setChallenge(nextChallenge.current);
      }
    }
  };
  if (challenge !== undefined) {
    return <CodePage challenge={challenge} onDone={() => void redirect()} onRestart={restart} />;
  }
  // The link and its code are no longer valid, or not valid in this browser.
  const { violations = {} } = finish.failure ?? {};
  const hasEnded = 'input.token' in violations || 'input.browserSecret' in violations;
  return (
    <Card title="Log in by mail">
      {!offersEmailLogIns() ? (
        <p role="alert">This service has no log-ins by mail. Log in with your password or a passkey.</p>
      ) : hasEnded ? (
        <>
          <FailureMessage failure={finish.failure} />
          <button type="button" className="primary" onClick={restart}>
            Ask for another mail
          </button>
        </>
      ) : link ? (
        <Form action={finish} onSubmit={() => void logIn({ token: link })}>
          <Submit>Log in</Submit>
        </Form>
      ) : address === undefined ? (
        <Form action={request} onSubmit={(data) => void send(String(data.get('input.email')))}>
          <Field label="Email address" path="input.email" type="email" autoComplete="email" autoFocus />
          <Submit>Send a mail</Submit>
        </Form>
      ) : (
        <>
          <p role="status">
            If {address} is the confirmed address of an account, {mails > 1 ? 'another mail' : 'a mail'} with a code is on its
            way to it. Enter the code here, and nowhere else.
            {mails > 1 && ' Earlier codes do not work any more.'}
          </p>
          <Form action={finish} onSubmit={(data) => void logIn({ code: String(data.get('input.code')) })}>
            <Field
              key={mails}
              label="Code"
              path="input.code"
              hint="The six digits in the mail"
              autoComplete="one-time-code"
              inputMode="numeric"
              autoFocus
            />
            <Submit>Log in</Submit>
          </Form>
          <Form action={request} onSubmit={() => void send(address)}>
            <p className="card-links">
              <Submit className="quiet">Send another mail</Submit>
              <button type="button" className="quiet" onClick={restart}>
                Use another address
              </button>
            </p>
          </Form>
        </>
      )}
      <p className="card-links">
        <Link to="/login" state={state}>
          Log in with the password
        </Link>
      </p>
    </Card>
  );
}
