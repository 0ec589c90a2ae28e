import { useQuery } from '@apollo/client/react';
import { useEffect } from 'react';

import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { graphql } from '../gql/index.ts';
import { Devices } from './Devices.tsx';
import { EmailAddress } from './EmailAddress.tsx';

const ACCOUNT_PAGE = graphql(`
  query AccountPage {
    me {
      id
      username
      ...EmailAddress_user
      ...Devices_user
    }
  }
`);

export function AccountPage() {
  // Log-ins of other devices are not in the change feed.
  const { data, error, refetch } = useQuery(ACCOUNT_PAGE, { fetchPolicy: 'cache-and-network' });
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
      <h1>{data.me.username}</h1>
      <EmailAddress user={data.me} />
      <Devices user={data.me} />
    </>
  );
}
