// Measures the first load of the built console: everything the browser fetches before the first screen, gzipped.
// Fails when it is over the budget. `npm run build -w admin-ui` first.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budgetKb = 200
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const gzipped = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length

/** The chunk, what it imports at once, and their style sheets. */
function closure(key, files = new Set()) {
  const chunk = manifest[key]
  if (files.has(chunk.file)) return files
  files.add(chunk.file)
  for (const style of chunk.css ?? []) files.add(style)
  for (const next of chunk.imports ?? []) closure(next, files)
  return files
}

const sum = (files) => [...files].reduce((total, file) => total + gzipped(file), 0)
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
const entry = closure('index.html')
const routes = Object.entries(manifest).filter(([, chunk]) => chunk.isDynamicEntry && chunk.src !== undefined)

console.log(`entry   ${kb(sum(entry))}  (${[...entry].join(', ')})`)
let heaviest = 0
for (const [key, chunk] of routes) {
  const extra = sum(new Set([...closure(key)].filter((file) => !entry.has(file))))
  console.log(`route   ${kb(extra).padStart(9)}  ${chunk.src}`)
  if (/\/(home|session)\//.test(chunk.src)) heaviest = Math.max(heaviest, extra)
}
const first = sum(entry) + heaviest + gzipped('index.html')
console.log(`first load (page, entry, heaviest of home and sign-in): ${kb(first)} of ${budgetKb} kB gzip`)
if (first > budgetKb * 1000) {
  console.error('over budget')
  process.exitCode = 1
}
