// The main job with generated types. Writes its results to the standard output.

import {
  CreateOwnerDocument,
  CreateDogDocument,
  DogsDocument,
  LogInDocument,
  SignUpDocument,
  type DogsQuery,
  type TypedDocumentString,
} from './gql/graphql.js';

let accessToken: string | null = null;

async function execute<TResult, TVariables>(document: TypedDocumentString<TResult, TVariables>, variables: TVariables): Promise<TResult> {
  const response = await fetch('http://localhost:8080/graphql', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json',
      ...(accessToken === null ? {} : { Authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query: document, variables }),
  });
  const { data, errors } = (await response.json()) as { data: TResult; errors?: { extensions: { code: string } }[] };
  if (errors) {
    throw new Error(`${response.status} ${errors.map(({ extensions }) => extensions.code).join()}`);
  }
  return data;
}

const username = `matrix-${crypto.randomUUID().slice(0, 13)}`;
const password = 'correct horse battery staple';
await execute(SignUpDocument, { input: { username, email: `${username}@example.com`, password } });
const { login } = await execute(LogInDocument, { input: { username, password } });
accessToken = login?.accessToken ?? null;

const dogs = ['Rex', 'Bello', 'Fifi'].map((name) => ({ name, birthDate: '2020-02-29' }));
await execute(CreateOwnerDocument, { input: { name: 'Ann', dogs } });
let after: string | null = null;
do {
  const { myDogs }: DogsQuery = await execute(DogsDocument, { first: 2, after });
  console.log(myDogs.edges.map(({ node }) => `${node.name} of ${node.owner.name}`).join(', '));
  after = myDogs.pageInfo.hasNextPage ? (myDogs.pageInfo.endCursor ?? null) : null;
} while (after !== null);

const failures = [
  execute(CreateDogDocument, { input: { name: 'Rex', ownerId: 'own_00000000000000000000000000' } }),
  execute(DogsDocument, { filter: { createdAt: { gte: 'yesterday' } } }),
  // @ts-expect-error The compiler requires the input's required fields.
  execute(CreateDogDocument, { input: { name: 'Rex' } }),
];
for (const { status, reason } of (await Promise.allSettled(failures)) as PromiseRejectedResult[]) {
  console.log(status, (reason as Error).message);
}
