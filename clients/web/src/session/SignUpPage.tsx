import { useCallback } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { useAction } from '../failure/useAction.ts';
import { session } from '../kennel.ts';
import { Field, Form, Submit } from '../ui/Form.tsx';
import { Card } from './Card.tsx';

interface NewAccount {
  username: string;
  email: string;
  password: string;
}

export function SignUpPage() {
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { from?: string } | null };
  const action = useAction(useCallback((input: NewAccount) => session.signUp(input), []));
  const submit = async (data: FormData) => {
    const text = (field: string) => String(data.get(`input.${field}`));
    if (await action.run({ username: text('username'), email: text('email'), password: text('password') })) {
      await navigate(state?.from ?? '/owners', { replace: true });
    }
  };
  return (
    <Card title="Sign up">
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <Field
          label="Name"
          path="input.username"
          hint="3 to 32 letters, digits, dots, underscores and hyphens"
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
        />
        <Field label="Email address" path="input.email" type="email" autoComplete="email" />
        <Field
          label="Password"
          path="input.password"
          type="password"
          hint="8 characters or more"
          autoComplete="new-password"
        />
        <Submit>Sign up</Submit>
      </Form>
      <p className="card-links">
        <Link to="/login" state={state}>
          Log in
        </Link>
      </p>
    </Card>
  );
}
