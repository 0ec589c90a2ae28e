import type { FragmentType } from '@apollo/client/masking';
import { useFragment } from '@apollo/client/react';
import encodeQR from 'qr';
import { useCallback, useState } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import type { SecondFactor_UserFragment } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { client } from '../kennel.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, Form, FormActions } from '../ui/Form.tsx';
import { useToast } from '../ui/Toasts.tsx';

const USER = graphql(`
  fragment SecondFactor_user on User {
    id
    secondFactor {
      kinds
      recoveryCodesLeft
      policy
    }
  }
`);

const BEGIN_TOTP = graphql(`
  mutation BeginTotp {
    beginTotp {
      secret
      uri
    }
  }
`);

const CONFIRM_TOTP = graphql(`
  mutation ConfirmTotp($input: ConfirmTotpInput!) {
    confirmTotp(input: $input) {
      recoveryCodes
      user {
        id
        ...SecondFactor_user
        ...Devices_user
      }
    }
  }
`);

const DISABLE_TOTP = graphql(`
  mutation DisableTotp {
    disableTotp {
      user {
        id
        ...SecondFactor_user
      }
    }
  }
`);

const REPLACE_RECOVERY_CODES = graphql(`
  mutation ReplaceRecoveryCodes {
    replaceRecoveryCodes {
      recoveryCodes
    }
  }
`);

const SET_POLICY = graphql(`
  mutation SetSecondFactorPolicy($input: SetSecondFactorPolicyInput!) {
    setSecondFactorPolicy(input: $input) {
      user {
        id
        ...SecondFactor_user
      }
    }
  }
`);

const setPolicy = (policy: 'ALWAYS' | 'NEW_DEVICES') =>
  client.mutate({ mutation: SET_POLICY, variables: { input: { policy } } });

/** The state of the second factor, with the actions that set it up, change and disable it. */
export function SecondFactor({ user }: { user: FragmentType<SecondFactor_UserFragment> }) {
  const { data, complete } = useFragment({ fragment: USER, from: user });
  const toast = useToast();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const begin = useAction<void>(
    useCallback(async () => {
      // The secret is shown once, and must not stay in the cache.
      const { data: begun } = await client.mutate({ mutation: BEGIN_TOTP, fetchPolicy: 'no-cache' });
      setEnrolment(begun?.beginTotp ?? undefined);
    }, []),
  );
  const [recoveryCodes, setRecoveryCodes] = useState<string[]>();
  const replacement = useAction<void>(
    useCallback(async () => {
      // The codes are shown once, and must not stay in the cache.
      const { data: replaced } = await client.mutate({
        mutation: REPLACE_RECOVERY_CODES,
        fetchPolicy: 'no-cache',
        refetchQueries: ['AccountPage'],
      });
      setRecoveryCodes(replaced?.replaceRecoveryCodes?.recoveryCodes);
    }, []),
  );
  const disable = useAction<void>(
    useCallback(async () => {
      await client.mutate({ mutation: DISABLE_TOTP });
      toast({ message: 'Logging in needs your password alone.' });
    }, [toast]),
  );
  const policy = useAction(setPolicy);
  if (!complete) {
    return null;
  }
  const factor = data.secondFactor;
  const failed = [begin, replacement, disable, policy].find(({ failure }) => failure);
  return (
    <section className="panel" aria-labelledby="second-factor">
      <h2 id="second-factor">Two-step log-in</h2>
      {factor ? (
        <>
          <p>
            Logging in {factor.policy === 'NEW_DEVICES' && 'on a new device '}needs a code of your authenticator app. You
            have {factor.recoveryCodesLeft} recovery codes for the day when you don't have it.
          </p>
          <p>
            <label>
              <input
                type="checkbox"
                checked={factor.policy === 'NEW_DEVICES'}
                disabled={policy.isRunning}
                onChange={({ target }) => void policy.run(target.checked ? 'NEW_DEVICES' : 'ALWAYS')}
              />{' '}
              Ask on new devices only
            </label>
          </p>
          <button type="button" disabled={begin.isRunning} onClick={() => void begin.run()}>
            Set up another app
          </button>{' '}
          <button type="button" disabled={replacement.isRunning} onClick={() => void replacement.run()}>
            Replace the recovery codes
          </button>{' '}
          <button type="button" disabled={disable.isRunning} onClick={() => void disable.run()}>
            Turn off
          </button>
        </>
      ) : (
        <>
          <p>With an authenticator app, your password alone is not enough to log in.</p>
          <button type="button" disabled={begin.isRunning} onClick={() => void begin.run()}>
            Set up two-step log-in
          </button>
        </>
      )}
      <FailureMessage failure={failed?.failure} onRepeat={() => void failed?.repeat()} />
      {enrolment && <EnrolmentDialog enrolment={enrolment} onClose={() => setEnrolment(undefined)} />}
      {recoveryCodes && <RecoveryCodesDialog codes={recoveryCodes} onClose={() => setRecoveryCodes(undefined)} />}
    </section>
  );
}

interface Enrolment {
  secret: string;
  uri: string;
}

function EnrolmentDialog({ enrolment, onClose }: { enrolment: Enrolment; onClose: () => void }) {
  const [recoveryCodes, setRecoveryCodes] = useState<string[]>();
  const action = useAction(
    useCallback(async (code: string) => {
      const { data } = await client.mutate({ mutation: CONFIRM_TOTP, variables: { input: { code } } });
      setRecoveryCodes(data?.confirmTotp?.recoveryCodes);
    }, []),
  );
  if (recoveryCodes) {
    return <RecoveryCodesDialog codes={recoveryCodes} onClose={onClose} />;
  }
  return (
    <Dialog title="Set up two-step log-in" onClose={onClose}>
      <Form action={action} onSubmit={(data) => void action.run(String(data.get('input.code')))}>
        <p>Scan this with an authenticator app, or type the secret into it:</p>
        <QrCode text={enrolment.uri} />
        <p>
          <code>{enrolment.secret}</code>
        </p>
        <Field
          label="Code"
          path="input.code"
          hint="The six digits that the app shows"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
        />
        <FormActions onCancel={onClose}>Turn on</FormActions>
      </Form>
    </Dialog>
  );
}

function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  return (
    <Dialog title="Your recovery codes" onClose={onClose}>
      <p>
        Keep them where you find them without your phone. Each works once. They are not shown again, and earlier ones do not
        work any more.
      </p>
      <ul className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="actions">
        <button type="button" className="primary" onClick={onClose}>
          I have kept them
        </button>
      </div>
    </Dialog>
  );
}

/** A QR code as SVG, with one square for each dark module. */
function QrCode({ text }: { text: string }) {
  const rows = encodeQR(text, 'raw', { border: 2 });
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg className="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label="The secret as a QR code">
      <path d={path} />
    </svg>
  );
}
