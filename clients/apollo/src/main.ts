import WebSocket from 'ws'; // Browsers and Node.js 22 have their own.

import { placeInLists, remove } from './kennel/cache.js';
import { createKennel } from './kennel/client.js';
import { CHANGES, CHANGES_CURSOR, CREATE_OWNER, DELETE_OWNER, OWNERS } from './operations.js';

const { client, session, close } = createKennel({ url: 'http://localhost:8080/graphql', webSocket: WebSocket });

// Sign up; whoever has an account calls session.logIn({ username, password }).
const username = `ann-${crypto.randomUUID().slice(0, 8)}`;
const user = await session.signUp({ username, email: `${username}@example.com`, password: 'correct horse battery' });
console.log(user.username === username ? 'Signed in' : 'Signed in as somebody else');

// The first page of a list, which tells whenever it has changed.
const first = { query: OWNERS, variables: { first: 2 } };
await client.query(first);
const list = client.watchQuery({ ...first, notifyOnNetworkStatusChange: false });
list.subscribe(({ data, dataState }) => {
  if (dataState === 'complete') {
    const { edges, totalCount } = data.myOwners;
    console.log(`${edges.length} of ${totalCount} owners: ${edges.map(({ node }) => node.name).join(', ')}`);
  }
});

// Mutations, which put into the list what they have added.
for (const name of ['Ann', 'Bob', 'Cleo']) {
  await client.mutate({
    mutation: CREATE_OWNER,
    variables: { input: { name } },
    update: (cache, { data }) => data?.createOwner && placeInLists(cache, data.createOwner.owner),
  });
}

// #region page
// The list anew, and its next page.
const { data: page } = await list.refetch();
const { hasNextPage, endCursor } = page!.myOwners.pageInfo;
if (hasNextPage) {
  await list.fetchMore({ variables: { after: endCursor } });
}
// #endregion

// What is changed elsewhere, from now on.
const { data: place } = await client.query({ query: CHANGES_CURSOR, fetchPolicy: 'network-only' });
const changes = client.subscribe({ query: CHANGES, variables: { after: place!.myChangesCursor } });
const deleted = new Promise<void>((resolve) => {
  const subscription = changes.subscribe(({ data }) => {
    const { kind, nodeId, node } = data!.myChanges;
    if (node && 'name' in node) {
      placeInLists(client.cache, node);
    } else {
      remove(client.cache, nodeId.startsWith('own_') ? 'Owner' : 'Dog', [nodeId]);
    }
    if (kind === 'DELETED') {
      subscription.unsubscribe();
      resolve();
    }
  });
});

// Somebody deletes Ann, without telling this cache.
const ann = page!.myOwners.edges[0]!.node;
await client.mutate({ mutation: DELETE_OWNER, variables: { input: { id: ann.id } }, fetchPolicy: 'no-cache' });
await deleted;

await session.logOut();
await close();
console.log('Signed out');
