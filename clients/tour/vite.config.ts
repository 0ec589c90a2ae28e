import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The proxy makes the page and Kennel one origin: CORS is not needed, and cookies would work.
  server: { proxy: { '/graphql': { target: 'http://localhost:8080', ws: true } } },
});
