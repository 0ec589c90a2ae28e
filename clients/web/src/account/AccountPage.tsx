import { useQuery } from '@apollo/client/react';
import { useEffect } from 'react';

import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { graphql } from '../gql/index.ts';
import { Devices } from './Devices.tsx';
import { EmailAddress } from './EmailAddress.tsx';
import { GraphiQlLink } from './GraphiQlLink.tsx';
import { Passkeys } from './Passkeys.tsx';
import { Password } from './Password.tsx';
import { SecondFactor } from './SecondFactor.tsx';
import { Username } from './Username.tsx';

const ACCOUNT_PAGE = graphql(`
  query AccountPage {
    me {
      id
      ...Username_user
      ...EmailAddress_user
      ...Passkeys_user
      ...SecondFactor_user
      ...Devices_user
    }
  }
`);

export function AccountPage() {
  // Always refetched: the change feed does not report log-ins on other devices.
  const {
    data: current,
    previousData,
    error,
    refetch,
  } = useQuery(ACCOUNT_PAGE, { fetchPolicy: 'cache-and-network' });
  const data = current ?? previousData;
  useEffect(() => {
    document.title = 'Account · Kennel';
  }, []);
  if (error && !data) {
    return <LoadFailure failure={explain(error)} onRepeat={() => void refetch()} />;
  }
  if (!data?.me) {
    return null;
  }
  return (
    <>
      <Username user={data.me} />
      <EmailAddress user={data.me} />
      <Password />
      <Passkeys user={data.me} />
      <SecondFactor user={data.me} />
      <Devices user={data.me} />
      <GraphiQlLink />
    </>
  );
}
