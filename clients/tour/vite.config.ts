import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The page and Kennel are one origin for the browser: no CORS, and cookies would work.
  server: { proxy: { '/graphql': { target: 'http://localhost:8080', ws: true } } },
});
