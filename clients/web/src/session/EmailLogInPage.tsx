import { useCallback, useRef, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { useAction } from '../failure/useAction.ts';
import { session } from '../kennel.ts';
import { Field, Form, Submit } from '../ui/Form.tsx';
import { Card } from './Card.tsx';
import { CodePage } from './CodePage.tsx';
import { useLinkToken } from './useLinkToken.ts';

/** Logs in by a mail: by its code, in the page that has asked for it, or by its link, in the same browser. */
export function EmailLogInPage() {
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { from?: string } | null };
  const token = useLinkToken();
  const [address, setAddress] = useState<string>();
  const [challenge, setChallenge] = useState<string>();
  const due = useRef<string>(undefined);
  const request = useAction(useCallback((email: string) => session.requestEmailLogIn(email), []));
  const finish = useAction(
    useCallback(async (proof: { code: string } | { token: string }) => {
      due.current = (await session.finishEmailLogIn(proof)).challenge?.token;
    }, []),
  );
  const goOn = () => navigate(state?.from ?? '/owners', { replace: true });
  const send = async (email: string) => {
    if (await request.run(email)) {
      setAddress(email);
    }
  };
  const logIn = async (proof: { code: string } | { token: string }) => {
    if (await finish.run(proof)) {
      if (due.current === undefined) {
        await goOn();
      } else {
        setChallenge(due.current);
      }
    }
  };
  if (challenge !== undefined) {
    return <CodePage challenge={challenge} onDone={() => void goOn()} onRestart={() => void navigate('/login')} />;
  }
  return (
    <Card title="Log in by mail">
      {token ? (
        <Form action={finish} onSubmit={() => void logIn({ token })}>
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
            If {address} is the confirmed address of an account, a mail with a code is on its way to it. Enter the code here,
            and nowhere else.
          </p>
          <Form action={finish} onSubmit={(data) => void logIn({ code: String(data.get('input.code')) })}>
            <Field
              label="Code"
              path="input.code"
              hint="The six digits in the mail"
              autoComplete="one-time-code"
              inputMode="numeric"
              autoFocus
            />
            <Submit>Log in</Submit>
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
