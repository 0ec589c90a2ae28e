import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // Same origin for the page and Kennel: no CORS, and cookies would work.
  server: { proxy: { '/graphql': { target: 'http://localhost:8080', ws: true } } },
});
