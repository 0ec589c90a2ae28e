import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { useAction } from '../failure/useAction.ts';
import { session } from '../kennel.ts';
import { Field, Form, Submit } from '../ui/Form.tsx';
import { Card } from './Card.tsx';
import { offersEmailLogIns } from './emailLogIns.ts';

const CodePage = lazy(async () => ({ default: (await import('./CodePage.tsx')).CodePage }));

const PasskeyLogIn = lazy(async () => ({ default: (await import('./PasskeyLogIn.tsx')).PasskeyLogIn }));

export function LogInPage() {
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { from?: string; hasEnded?: boolean } | null };
  const [challenge, setChallenge] = useState<string>();
  const nextChallenge = useRef<string>(undefined);
  const action = useAction(
    useCallback(async (input: { username: string; password: string }) => {
      nextChallenge.current = (await session.logIn(input)).challenge?.token;
    }, []),
  );
  const redirect = () => navigate(state?.from ?? '/owners', { replace: true });
  const submit = async (data: FormData) => {
    const input = { username: String(data.get('input.username')), password: String(data.get('input.password')) };
    if (await action.run(input)) {
      if (nextChallenge.current === undefined) {
        await redirect();
      } else {
        setChallenge(nextChallenge.current);
      }
    }
  };
  if (challenge !== undefined) {
    return <CodePage challenge={challenge} onDone={() => void redirect()} onRestart={() => setChallenge(undefined)} />;
  }
  return (
    <Card title="Log in">
      {state?.hasEnded && (
        <p className="notice" role="status">
          Your session has ended. Log in to go on where you were.
        </p>
      )}
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <Field label="Name" path="input.username" autoComplete="username webauthn" autoCapitalize="none" autoFocus />
        <Field label="Password" path="input.password" type="password" autoComplete="current-password" />
        <Submit>Log in</Submit>
      </Form>
      <Suspense>
        <PasskeyLogIn onDone={() => void redirect()} />
      </Suspense>
      <p className="card-links">
        <Link to="/signup" state={state}>
          Sign up
        </Link>
        {offersEmailLogIns() && (
          <Link to="/email-login" state={state}>
            Log in by mail
          </Link>
        )}
        <Link to="/forgot-password">Forgot your password?</Link>
      </p>
    </Card>
  );
}
