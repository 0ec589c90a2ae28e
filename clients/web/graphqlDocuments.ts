// Removes the text of GraphQL documents from the build.

import { readFileSync } from 'node:fs';

import type { Plugin } from 'vite';

/** A call of `graphql` with a document, whose first definition gives the generated constant its name. */
const CALL = /\bgraphql\(\s*`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`,?\s*\)/g;

const IMPORT = /import \{ graphql \} from '(?:\.\.?\/)+gql\/index\.ts';\n/;

/** A generated constant with the document in JSON. */
const CONSTANT = /^export const (\w+) = (\{.*\}) as unknown as /gm;

/**
 * Replaces each `graphql(…)` by the generated document. Importing the constants would put the documents of all pages into the
 * first page's script, since they are in one module.
 */
export function graphqlDocuments(): Plugin {
  return {
    name: 'graphql-documents',
    enforce: 'pre',
    transform(code, id) {
      if (!IMPORT.test(code) || id.includes('node_modules')) {
        return undefined;
      }
      const generated = readFileSync(new URL('src/gql/graphql.ts', import.meta.url), 'utf8');
      const documents = new Map([...generated.matchAll(CONSTANT)].map(([, name, document]) => [name, document]));
      const replaced = code.replaceAll(CALL, (call, kind: string, name: string) => {
        const pascal = name.replaceAll(/(^|_)([a-z])/g, (_, underscore: string, letter: string) => underscore + letter.toUpperCase());
        const document = documents.get(pascal + (kind === 'fragment' ? 'FragmentDoc' : 'Document'));
        if (document === undefined) {
          throw new Error(`The generator has not made ${name}`);
        }
        // Keeps the line numbers.
        return document + '\n'.repeat(call.split('\n').length - 1);
      });
      return { code: replaced.replace(IMPORT, '\n'), map: null };
    },
  };
}
