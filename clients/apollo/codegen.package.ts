import type { CodegenConfig } from '@graphql-codegen/cli';

import config from './codegen.ts';

// The types of the package come from the files of the schema: building it needs no service.
export default {
  ...config,
  schema: '../../schema/*.graphqls',
  documents: ['src/kennel/*.graphql'],
} satisfies CodegenConfig;
