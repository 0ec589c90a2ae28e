import { useCallback, useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import { graphql } from '../gql/index.ts';
import { client, session } from '../kennel.ts';
import { Field, Form, Submit } from '../ui/Form.tsx';
import { Card } from './Card.tsx';
import { useLinkToken } from './useLinkToken.ts';

const RESET_PASSWORD = graphql(`
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      success
      deviceToken
    }
  }
`);

const VERIFY_EMAIL = graphql(`
  mutation VerifyEmail($input: VerifyEmailInput!) {
    verifyEmail(input: $input) {
      user {
        id
        email
        emailVerifiedAt
      }
    }
  }
`);

const RESTORE_EMAIL = graphql(`
  mutation RestoreEmail($input: RestoreEmailInput!) {
    restoreEmail(input: $input) {
      user {
        id
        email
      }
    }
  }
`);

interface MailLink {
  title: string;
  act: (token: string, data: FormData) => Promise<unknown>;
  button: string;
  done: string;
  /** A link to the page that requests a new mail, shown when this mail's link is no longer valid. */
  renewal?: ReactNode;
  children?: ReactNode;
}

/** The target of a link in a mail: a form whose mutation takes the link's token. */
function MailLinkPage({ title, ...link }: MailLink) {
  const { token, opening } = useLinkToken();
  return (
    <Card title={title}>
      {token ? (
        // Each opened link is another key, which resets the form.
        <MailLinkForm key={opening} token={token} {...link} />
      ) : (
        <p role="alert">This link is not whole. Open it from the mail once more.</p>
      )}
      <p className="card-links">
        <Link to="/owners">Go to Kennel</Link>
      </p>
    </Card>
  );
}

function MailLinkForm({ token, act, button, done, renewal, children }: Omit<MailLink, 'title'> & { token: string }) {
  const [isDone, setDone] = useState(false);
  const action = useAction(useCallback((data: FormData) => act(token, data), [act, token]));
  const submit = async (data: FormData) => setDone(await action.run(data));
  // The link is no longer valid.
  const hasEnded = 'input.token' in (action.failure?.violations ?? {});
  return isDone ? (
    <p role="status">{done}</p>
  ) : hasEnded ? (
    <>
      <FailureMessage failure={action.failure} />
      {renewal}
    </>
  ) : (
    <Form action={action} onSubmit={(data) => void submit(data)}>
      {children}
      <Submit>{button}</Submit>
    </Form>
  );
}

const resetPassword = async (token: string, form: FormData) => {
  const input = { token, newPassword: String(form.get('input.newPassword')) };
  const { data } = await client.mutate({ mutation: RESET_PASSWORD, variables: { input } });
  session.keepDevice(data?.resetPassword?.deviceToken);
};

export function ResetPasswordPage() {
  return (
    <MailLinkPage
      title="Set a new password"
      act={resetPassword}
      button="Set password"
      done="The password is set. You can log in with it now."
      renewal={
        <p className="card-links">
          <Link to="/forgot-password">Ask for a new link</Link>
        </p>
      }
    >
      <Field
        label="New password"
        path="input.newPassword"
        type="password"
        hint="8 characters or more"
        autoComplete="new-password"
        autoFocus
      />
    </MailLinkPage>
  );
}

const verifyEmail = (token: string) => client.mutate({ mutation: VERIFY_EMAIL, variables: { input: { token } } });

export function VerifyEmailPage() {
  return (
    <MailLinkPage
      title="Confirm your email address"
      act={verifyEmail}
      button="Yes, this is my address"
      done="Your email address is confirmed."
    />
  );
}

const restoreEmail = (token: string) => client.mutate({ mutation: RESTORE_EMAIL, variables: { input: { token } } });

export function RestoreEmailPage() {
  return (
    <MailLinkPage
      title="Restore your email address"
      act={restoreEmail}
      button="Restore my address"
      done="Your address is restored. A link to set a new password is on its way to it: use it now."
    >
      <p>The account gets this address back, loses all passkeys, and is logged out everywhere.</p>
    </MailLinkPage>
  );
}
