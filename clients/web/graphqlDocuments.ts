// Replaces the text of GraphQL documents by compiled documents at build time.

import { readFileSync } from 'node:fs';

import type { Plugin } from 'vite';

/** A call of `graphql`. The first definition of its document determines the name of the generated constant. */
const CALL = /\bgraphql\(\s*`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`,?\s*\)/g;

const IMPORT = /import \{ graphql \} from '(?:\.\.?\/)+gql\/index\.ts';\n/;

/** A generated constant, with its document as JSON. */
const CONSTANT = /^export const (\w+) = (\{.*\}) as unknown as /gm;

/**
 * Inlines the generated document at each `graphql(…)` call. All generated documents are in one module: importing its
 * constants would add the documents of all pages to the chunk of the first page.
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
          throw new Error(`No generated document for ${name}`);
        }
        // Keeps the line numbers.
        return document + '\n'.repeat(call.split('\n').length - 1);
      });
      return { code: replaced.replace(IMPORT, '\n'), map: null };
    },
  };
}
