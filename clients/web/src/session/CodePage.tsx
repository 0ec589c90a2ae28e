import { useCallback } from 'react';

import { FailureMessage } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import { session } from '../kennel.ts';
import { Form, Submit } from '../ui/Form.tsx';
import { Card } from './Card.tsx';
import { CodeField, proofOf } from './CodeField.tsx';

/** The second step of a log-in, for accounts with a second factor. */
export function CodePage({
  challenge,
  onDone,
  onRestart,
}: {
  challenge: string;
  onDone: () => void;
  onRestart: () => void;
}) {
  const action = useAction(
    useCallback((code: string) => session.finishLogIn({ challenge, ...proofOf(code) }), [challenge]),
  );
  const submit = async (data: FormData) => {
    if (await action.run(String(data.get('input.code')))) {
      onDone();
    }
  };
  // The challenge is no longer valid, so no code can succeed.
  const hasEnded = 'input.challenge' in (action.failure?.violations ?? {});
  return (
    <Card title="Enter a code">
      {hasEnded ? (
        <FailureMessage failure={action.failure} />
      ) : (
        <Form action={action} onSubmit={(data) => void submit(data)}>
          <CodeField />
          <Submit>Log in</Submit>
        </Form>
      )}
      <p className="card-links">
        <button type="button" className="quiet" onClick={onRestart}>
          Begin again
        </button>
      </p>
    </Card>
  );
}
