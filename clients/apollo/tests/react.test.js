// The component of docs/clients.md, rendered as a server would.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApolloProvider } from '@apollo/client/react';
import { prerenderStatic } from '@apollo/client/react/ssr';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

import { OwnerList } from '../../target/apollo/dist-react/react/OwnerList.js';
import { services, signUp } from './services.js';

for (const service of services) {
  test(`${service.driver}: a component shows the list`, async (t) => {
    const { client, ask } = await signUp(t, service);
    await ask('mutation { createOwner(input: { name: "Ann" }) { owner { id } } }');
    await ask('mutation { createOwner(input: { name: "Bob" }) { owner { id } } }');

    const { result } = await prerenderStatic({
      tree: createElement(ApolloProvider, { client }, createElement(OwnerList)),
      renderFunction: renderToString,
    });

    assert.equal(
      result.replaceAll('<!-- -->', ''),
      '<h1>2 owners</h1><ul><li>Ann</li><li>Bob</li></ul><button>Add Ann</button>',
    );
  });
}
