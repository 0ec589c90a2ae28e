// Leaves the text of GraphQL documents out of the build.

import type { Plugin } from 'vite';

/** A call of `graphql` with a document, whose first definition gives the generated constant its name. */
const CALL = /\bgraphql\(\s*`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`,?\s*\)/g;

const IMPORT = /import \{ graphql \} from '((?:\.\.?\/)+)gql\/index\.ts';\n/;

/** Puts, in the place of each `graphql(…)`, the constant that the generator has made of it. */
export function graphqlDocuments(): Plugin {
  return {
    name: 'graphql-documents',
    enforce: 'pre',
    transform(code, id) {
      if (!IMPORT.test(code) || id.includes('node_modules')) {
        return undefined;
      }
      const names = new Set<string>();
      const replaced = code.replaceAll(CALL, (_, kind: string, name: string) => {
        const pascal = name.replaceAll(/(^|_)([a-z])/g, (__, underscore: string, letter: string) => underscore + letter.toUpperCase());
        const constant = pascal + (kind === 'fragment' ? 'FragmentDoc' : 'Document');
        names.add(constant);
        return constant;
      });
      // In the same line, so that no other line moves.
      return { code: replaced.replace(IMPORT, `import { ${[...names].join(', ')} } from '$1gql/graphql.ts';\n`), map: null };
    },
  };
}
