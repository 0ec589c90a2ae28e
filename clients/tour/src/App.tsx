import { gql } from '@apollo/client';
import type { TypedDocumentNode } from '@apollo/client';
import { ApolloProvider, useMutation, useQuery, useSubscription } from '@apollo/client/react';
import { useState } from 'react';

import { client, open } from './kennel.ts';

const SIGN_UP = gql`mutation ($input: SignupInput!) { session: signup(input: $input) { accessToken refreshToken } }`;

interface Owners {
  myOwners: {
    totalCount: number;
    edges: { node: { id: string; name: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}

const OWNERS: TypedDocumentNode<Owners> = gql`
  query ($first: Int = 3, $after: String) {
    myOwners(first: $first, after: $after) {
      totalCount
      edges { cursor node { id name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

const CREATE_OWNER = gql`mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id name } } }`;

const CHANGES = gql`subscription { myChanges { cursor kind node { id ... on Owner { name } } } }`;

export default function App() {
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState('');
  const signUp = (data: FormData) =>
    open(SIGN_UP, Object.fromEntries(data)).then(
      () => setOpen(true),
      (error: Error) => setFailure(error.message),
    );
  return (
    <ApolloProvider client={client}>
      {isOpen ? (
        <OwnerList />
      ) : (
        <form action={signUp}>
          <label>Name <input name="username" /></label>
          <label>Email address <input name="email" /></label>
          <label>Password <input name="password" type="password" /></label>
          <button>Sign up</button>
          <p role="alert">{failure}</p>
        </form>
      )}
    </ApolloProvider>
  );
}

// #region list
function OwnerList() {
  const { data, refetch, fetchMore } = useQuery(OWNERS);
  const [createOwner] = useMutation(CREATE_OWNER);
  // Each change, made in any window, refetches the loaded part of the list.
  useSubscription(CHANGES, { onData: () => refetch({ first: Math.max(3, data?.myOwners.edges.length ?? 0) }) });
  if (!data) {
    return <p>Loading…</p>;
  }
  const { totalCount, edges, pageInfo } = data.myOwners;
  return (
    <>
      <h1>{totalCount} owners</h1>
      <ul>{edges.map(({ node }) => <li key={node.id}>{node.name}</li>)}</ul>
      {pageInfo.hasNextPage && (
        <button onClick={() => fetchMore({ variables: { after: pageInfo.endCursor } })}>More</button>
      )}
      <form action={(input) => createOwner({ variables: { input: Object.fromEntries(input) } }).then(() => undefined)}>
        <label>Owner <input name="name" /></label>
        <button>Add</button>
      </form>
    </>
  );
}
// #endregion
