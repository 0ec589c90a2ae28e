// Copies code from tested files into the documents.
//
// A comment before a code block names its file, as in `<!-- clients/apollo/src/main.ts -->`, or a region of the file, as in
// `<!-- clients/apollo/src/kennel/links.ts#retry -->`. `npm run docs:write` updates the blocks; docs.test.js fails if they
// differ.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const BLOCK = /(?:^<!-- (\S+) -->\n+)?^```(\w*)\n([^]*?)^```$/gm;

/** The names of all documents. */
export const documents = ['README.md', 'CONTRIBUTING.md', ...readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

/**
 * Returns the code blocks of a document.
 *
 * @param {string} document its name
 * @returns {{source?: string, language: string, code: string, line: number}[]} the blocks, with the files they are from
 */
export function blocks(document) {
  const text = readFileSync(ROOT + document, 'utf8');
  return [...text.matchAll(BLOCK)].map(({ 1: source, 2: language, 3: code, index }) => ({
    source,
    language,
    code,
    line: text.slice(0, index).split('\n').length,
  }));
}

/**
 * Reads the code of a file or of a region, without the region comments.
 *
 * @param {string} source the file's name, optionally with `#` and the name of a region
 */
export function read(source) {
  const [name, region] = source.split('#');
  let text = readFileSync(ROOT + name, 'utf8');
  if (region !== undefined) {
    const [, inner] = new RegExp(`^ *// #region ${region}\n([^]*?)^ *// #endregion$`, 'm').exec(text) ?? [];
    if (inner === undefined) {
      throw new Error(`${name} has no region ${region}`);
    }
    text = inner;
  }
  return text.replaceAll(/^ *\/\/ #(end)?region.*\n/gm, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const document of documents) {
    const text = readFileSync(ROOT + document, 'utf8');
    const written = text.replaceAll(BLOCK, (block, source, language) =>
      source === undefined ? block : `<!-- ${source} -->\n\n\`\`\`${language}\n${read(source)}\`\`\``,
    );
    if (written !== text) {
      writeFileSync(ROOT + document, written);
      console.log(document);
    }
  }
}
