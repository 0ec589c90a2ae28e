import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'http://localhost:8080/graphql',
  documents: 'operations.graphql',
  importExtension: '.js',
  generates: {
    'src/gql/': { preset: 'client', config: { documentMode: 'string', useTypeImports: true } },
  },
};

export default config;
