// The page: GraphiQL with the examples in its tabs, and a bar with the account.

import { exampleTabs, newPerson } from './examples.js';
import { createFetcher } from './fetcher.js';
import { Session, SESSION_ENDED } from './session.js';

// React and GraphiQL are classic scripts. They are deferred, as modules are, and precede this one.
const { GraphiQL, React, ReactDOM } = window;

// All applications that were developed at localhost:8080 share one storage.
const NAMESPACE = 'kennel';

const session = new Session();

const state = document.getElementById('session');
const signOut = document.getElementById('sign-out');

function showSession() {
  if (session.name !== null) {
    const name = document.createElement('strong');
    name.textContent = session.name;
    state.replaceChildren('signed in as ', name);
  } else {
    state.replaceChildren('signed out');
  }
  if (session.notice !== null) {
    state.append(` (${session.notice})`);
  }
  state.title = state.textContent;
  signOut.hidden = !session.isOpen;
}

session.addEventListener('change', showSession);
signOut.addEventListener('click', () => session.signOut());

showSession();
session.ask(SESSION_ENDED);

const storage = GraphiQL.createLocalStorage({ namespace: NAMESPACE });
// Stored, because GraphiQL stores its tabs only after their first change.
const person = JSON.parse(storage.getItem('person')) ?? newPerson();
storage.setItem('person', JSON.stringify(person));
const tabs = exampleTabs(person);
if (storage.getItem('graphiql:tabState') === null) {
  // GraphiQL reads the variables of the open tab from here, and not from defaultTabs.
  storage.setItem('graphiql:variables', tabs[0].variables);
}

document.getElementById('new-examples').addEventListener('click', () => {
  if (window.confirm('Replace all tabs by new examples?')) {
    for (const item of ['tabState', 'query', 'variables', 'operationName']) {
      storage.removeItem(`graphiql:${item}`);
    }
    storage.removeItem('person');
    window.location.reload();
  }
});

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(
    GraphiQL,
    {
      fetcher: createFetcher(session),
      storage,
      defaultTabs: tabs,
      defaultEditorToolsVisibility: 'variables',
      // A header that is typed in may be a token, which must not be stored.
      shouldPersistHeaders: false,
    },
    // The tabs need the space of the logo.
    React.createElement(GraphiQL.Logo, null, React.createElement('span')),
  ),
);

// Otherwise, long lines are cut, such as the comments of the examples on a telephone.
new MutationObserver(() => {
  for (const { CodeMirror: editor } of document.querySelectorAll('.graphiql-editor .CodeMirror')) {
    if (editor && !editor.getOption('lineWrapping')) {
      editor.setOption('lineWrapping', true);
    }
  }
}).observe(document.getElementById('graphiql'), { childList: true, subtree: true });
