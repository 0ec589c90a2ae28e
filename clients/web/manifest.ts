// Generates the manifest of all operations that the build sends, for `kennel.graphql.trusted-documents.location`.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { InMemoryCache } from '@apollo/client';
import { print } from '@apollo/client/utilities';
import { Kind, OperationTypeNode } from 'graphql';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { runnerImport } from 'vite';
import type { Plugin } from 'vite';

/** The app's documents, and those of the session. */
const DOCUMENTS = ['./src/gql/graphql.ts', '@kennel/apollo/documents'];

/** Writes the manifest after each build. */
export function persistedQueryManifest(file: string): Plugin {
  return {
    name: 'persisted-query-manifest',
    apply: 'build',
    async writeBundle() {
      const modules = await Promise.all(DOCUMENTS.map((name) => runnerImport<Record<string, unknown>>(name)));
      const documents = modules.flatMap(({ module }) => Object.values(module)).filter(isOperation);
      const operations = documents.map(toEntry).sort((a, b) => a.name.localeCompare(b.name));
      writeFileSync(
        file,
        `${JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }, null, 2)}\n`,
      );
    },
  };
}

function isOperation(value: unknown): value is DocumentNode {
  const document = value as Partial<DocumentNode> | null;
  return document?.definitions?.some(({ kind }) => kind === Kind.OPERATION_DEFINITION) ?? false;
}

/** Returns an operation as Apollo Client sends it, with `__typename` in each object, and its hash. */
function toEntry(document: DocumentNode) {
  const body = print(new InMemoryCache().transformDocument(document));
  const { name, operation } = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )!;
  const type: `${OperationTypeNode}` = operation;
  return { id: createHash('sha256').update(body).digest('hex'), name: name!.value, type, body };
}
