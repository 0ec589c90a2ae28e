import { useCallback, useState } from 'react';
import { Link } from 'react-router';

import { useAction } from '../failure/useAction.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { Field, Form, Submit } from '../ui/Form.tsx';
import { Card } from './Card.tsx';

const REQUEST_PASSWORD_RESET = graphql(`
  mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) {
      success
    }
  }
`);

export function ForgotPasswordPage() {
  const [address, setAddress] = useState<string>();
  const action = useAction(
    useCallback(
      (email: string) => client.mutate({ mutation: REQUEST_PASSWORD_RESET, variables: { input: { email } } }),
      [],
    ),
  );
  const submit = async (data: FormData) => {
    const email = String(data.get('input.email'));
    if (await action.run(email)) {
      setAddress(email);
    }
  };
  return (
    <Card title="Forgot your password?">
      {address === undefined ? (
        <Form action={action} onSubmit={(data) => void submit(data)}>
          <Field label="Email address" path="input.email" type="email" autoComplete="email" autoFocus />
          <Submit>Send a link</Submit>
        </Form>
      ) : (
        <p role="status">If there is an account with {address}, a link to set a new password is on its way to it.</p>
      )}
      <p className="card-links">
        <Link to="/login">Log in</Link>
      </p>
    </Card>
  );
}
