// The code in the documents is that of files which are tested.
//
// A line `<!-- clients/apollo/src/main.ts -->` in front of a block of code says which file it is, and
// `<!-- clients/apollo/src/kennel/links.ts#retry -->` which region of it. As a program (`npm run docs:write`), this puts
// what is in the files into the documents; a test fails if they differ.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const BLOCK = /(?:^<!-- (\S+) -->\n+)?^```(\w*)\n([^]*?)^```$/gm;

/** The names of all documents. */
export const documents = ['README.md', 'CONTRIBUTING.md', ...readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

/**
 * The blocks of code in a document.
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
 * What a file, or a region of it, has to show.
 *
 * @param {string} source the file's name, and after a number sign that of a region
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
