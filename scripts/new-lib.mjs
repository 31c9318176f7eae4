// `npm run new:lib NAME`: lays out a lib the way all of them are laid out. The tier is added by hand in
// scripts/check/boundaries.mjs, because it is a decision.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './build/steps.mjs'

const name = process.argv[2]
if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) fail('usage: npm run new:lib NAME (kebab-case)')
const folder = join(root, 'libs', name)
if (existsSync(folder)) fail(`libs/${name} is there already`)
const pascal = name.replace(/(^|-)(\w)/g, (_whole, _dash, letter) => letter.toUpperCase())

const files = {
  'README.md': `# ${name}\n\nPurpose in two sentences.\n\nEntry points:\n\nInvariants:\n\nMust not:\n`,
  'src/index.ts': `export { ${pascal}Module } from './${name}.module.ts'\n`,
  [`src/${name}.module.ts`]: `import { Module } from '@nestjs/common'\n\n/** Wiring of ${name}. */\n@Module({})\nexport class ${pascal}Module {}\n`,
  [`src/${name}.errors.ts`]: `import { defineErrors } from '#libs/kernel'\n\n/** What ${name} refuses. */\nexport const ${name.replace(/-(\w)/g, (_whole, letter) => letter.toUpperCase())}Errors = defineErrors('${name}', {})\n`,
}
for (const [path, text] of Object.entries(files)) {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}
console.log(`libs/${name} laid out. Next: its tier in scripts/check/boundaries.mjs, its README, its first test.`)

function fail(message) {
  console.error(message)
  process.exit(1)
}
