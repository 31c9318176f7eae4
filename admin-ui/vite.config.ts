import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const server = process.env.PLINTH_DEV_SERVER ?? 'http://127.0.0.1:8000'
const paths = ['/admin', '/rest', '/auth', '/storage', '/graphql', '/health']

// Served by the server below /console/, from the same origin as the APIs; `npm run dev -w admin-ui` forwards them to a running one.
export default defineConfig(({ command }) => {
  // A build that a test run starts inherits NODE_ENV=test, and would hold React's development code.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return {
    base: '/console/',
    plugins: [react(), compressed()],
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
  }
})

/** Puts `.br` and `.gz` beside every text file, so that the server never compresses the same file twice. */
function compressed(): Plugin {
  let folder = ''
  return {
    name: 'plinth-compressed',
    apply: 'build',
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir)
    },
    closeBundle: () => {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue
        const content = readFileSync(join(folder, name))
        if (content.length < 1000) continue
        writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }))
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      }
    },
  }
}
