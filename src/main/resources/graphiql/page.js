// The page: GraphiQL with the examples in its tabs, and a bar that says who is signed in.

import { exampleTabs, newPerson } from './examples.js';
import { createFetcher } from './fetcher.js';
import { Session, SESSION_ENDED } from './session.js';

// React and GraphiQL come as plain scripts. They are deferred, as modules are, and stand before this one.
const { GraphiQL, React, ReactDOM } = window;

// A namespace, because everything that was ever developed at localhost:8080 shares one storage.
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
// Kept, because GraphiQL keeps the tabs only once something has happened to them.
const person = JSON.parse(storage.getItem('person')) ?? newPerson();
storage.setItem('person', JSON.stringify(person));
const tabs = exampleTabs(person);
if (storage.getItem('graphiql:tabState') === null) {
  // GraphiQL takes the variables of the tab that is open from here, and not from defaultTabs.
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
      // A header that is typed in may be a token, and tokens are nothing to store.
      shouldPersistHeaders: false,
    },
    // The tabs need the room of the logo.
    React.createElement(GraphiQL.Logo, null, React.createElement('span')),
  ),
);

// Otherwise, what is wider than the editor is cut: on a telephone, the examples' comments.
new MutationObserver(() => {
  for (const { CodeMirror: editor } of document.querySelectorAll('.graphiql-editor .CodeMirror')) {
    if (editor && !editor.getOption('lineWrapping')) {
      editor.setOption('lineWrapping', true);
    }
  }
}).observe(document.getElementById('graphiql'), { childList: true, subtree: true });
