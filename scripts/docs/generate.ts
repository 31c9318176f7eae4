// Writes the references that code already knows: configuration, environment sample, errors. `--check` only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { configurationSlices } from '../../apps/server/src/configuration.ts'
import { listErrors } from '../../apps/server/src/errors.ts'
import { renderConfigurationReference, renderEnvironmentSample } from './configuration-reference.ts'
import { renderErrorReference } from './error-reference.ts'

const files: Readonly<Record<string, string>> = {
  'docs/reference/configuration.md': renderConfigurationReference(Object.values(configurationSlices)),
  '.env.example': renderEnvironmentSample(Object.values(configurationSlices)),
  'docs/reference/errors.md': renderErrorReference(listErrors()),
}

const checking = process.argv.includes('--check')
let stale = 0
for (const [path, text] of Object.entries(files)) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  stale += 1
  if (checking) console.log(`${path} is not what the code says; run \`npm run docs\``)
  else writeFileSync(path, text)
}
process.exit(checking && stale > 0 ? 1 : 0)
