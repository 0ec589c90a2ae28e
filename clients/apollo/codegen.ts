import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'http://localhost:8080/graphql',
  importExtension: '.js',
  documents: ['src/**/*.{ts,graphql}', '!src/gql/**'],
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { scalars: { DateTime: 'string', Date: 'string' }, useTypeImports: true },
    },
    'src/gql/possibleTypes.ts': { plugins: ['fragment-matcher'] },
  },
};

export default config;
