import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

it('the core is under 12 kB gzip, and loads socket.io only on demand', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: 'out',
    write: false,
    metafile: true,
  })
  const [coreName] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint?.endsWith('src/index.ts') === true) ?? []
  // What the core imports statically counts; a dynamic import does not.
  const counted = new Set<string>()
  const visit = (name: string): void => {
    if (counted.has(name)) return
    counted.add(name)
    for (const { path, kind } of metafile.outputs[name]?.imports ?? []) if (kind === 'import-statement') visit(path)
  }
  visit(coreName ?? '')
  const files = outputFiles.filter((file) => [...counted].some((name) => file.path.endsWith(name)))
  const bytes = files.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0)
  console.info(`@plinth/client core: ${bytes} bytes gzip`)
  expect(bytes).toBeGreaterThan(4_000)
  expect(bytes).toBeLessThan(12_000)
  expect(
    [...counted].flatMap((name) => Object.keys(metafile.outputs[name]?.inputs ?? {})).filter((input) => input.includes('socket.io-client')),
  ).toEqual([])
})
