import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.PLINTH_DEV_SERVER ?? 'http://127.0.0.1:8000'
const paths = ['/admin', '/rest', '/auth', '/storage', '/graphql', '/health']

// Served by the server below /console/, from the same origin as the APIs; `npm run dev -w admin-ui` forwards them to a running one.
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  resolve: {
    alias: { '@plinth/client': fileURLToPath(new URL('../libs/client/src/index.ts', import.meta.url)) },
  },
  build: {
    target: 'es2022',
    manifest: true,
    // Font subsets that a page does not need must not travel inside its style sheet.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: Object.fromEntries(paths.map((path) => [path, { target: server }])) },
})
