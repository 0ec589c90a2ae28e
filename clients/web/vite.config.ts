import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

import { graphqlDocuments } from './graphqlDocuments.ts';
import { persistedQueryManifest } from './manifest.ts';

const KENNEL = process.env.SERVICE_URL ?? 'http://localhost:8080';

export default defineConfig({
  base: '/app/',
  plugins: [graphqlDocuments(), react(), persistedQueryManifest('build/persisted-query-manifest.json')],
  // RxJS has modern code under this condition, and code for ES5 under the others.
  resolve: { conditions: ['es2015', ...defaultClientConditions] },
  build: {
    outDir: 'build/app',
    // The Content-Security-Policy allows files of the same origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: {
    // One origin for page and service, as in production: no CORS, and cookies work. The Host header stays the page's, so
    // that Kennel sees requests of its own origin.
    proxy: { '/graphql': { target: KENNEL, ws: true } },
  },
});
