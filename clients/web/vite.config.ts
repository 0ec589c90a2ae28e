import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

import { graphqlDocuments } from './graphqlDocuments.ts';
import { persistedQueryManifest } from './manifest.ts';

const KENNEL = process.env.SERVICE_URL ?? 'http://localhost:8080';

export default defineConfig({
  base: '/app/',
  plugins: [graphqlDocuments(), react(), persistedQueryManifest('build/persisted-query-manifest.json')],
  // RxJS exports modern code under this condition, and ES5 under the others.
  resolve: { conditions: ['es2015', ...defaultClientConditions] },
  build: {
    outDir: 'build/app',
    // No data: URLs: the Content-Security-Policy allows only files of the same origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: {
    // The app and the API have one origin, as in production, so that CORS is not needed and cookies work. The proxy keeps
    // the Host header, so that Kennel treats the requests as same-origin.
    proxy: { '/graphql': { target: KENNEL, ws: true } },
  },
});
