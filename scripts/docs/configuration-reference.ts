import type { z } from 'zod'
import type { ConfigSlice } from '#libs/kernel'

/** One variable as the reference shows it. */
interface Variable {
  readonly name: string
  readonly description: string
  readonly defaultText: string
}

const notice = 'Generated from the code by `npm run docs`. Do not edit.'

/** docs/reference/configuration.md. */
export function renderConfigurationReference(slices: readonly ConfigSlice[]): string {
  const sections = slices.map((slice) => {
    const rows = variablesOf(slice).map((each) => `| ${each.name} | ${cell(each.defaultText)} | ${cell(each.description)} |`)
    return [`## ${slice.title}`, '', '| variable | default | meaning |', '|---|---|---|', ...rows, ''].join('\n')
  })
  return [
    `<!-- ${notice} -->`,
    '# Configuration',
    '',
    'Every variable is optional. At start all faults are reported at once, by name and reason, never with the value. A',
    'variable that starts with `PLINTH_` and is not in this list is a fault too: a typo must not pass unnoticed.',
    'Settings that change while the server runs live in the database (`/admin/v1/settings/<area>`);',
    '`PLINTH_SETTINGS_<AREA>` (JSON) seeds an area at first start.',
    '',
    ...sections,
  ].join('\n')
}

/** .env.example: every variable, commented out, with its default. */
export function renderEnvironmentSample(slices: readonly ConfigSlice[]): string {
  const sections = slices.map((slice) => {
    const lines = variablesOf(slice).map(
      (each) => `# ${each.description}\n# ${each.name}=${each.defaultText === 'none' ? '' : each.defaultText}`,
    )
    return `# --- ${slice.title} ---\n${lines.join('\n')}\n`
  })
  return `# ${notice}\n# Copy to .env and uncomment what you change.\n\n${sections.join('\n')}`
}

function variablesOf(slice: ConfigSlice): Variable[] {
  return Object.entries(slice.schema.shape).map(([name, field]) => {
    const description = (field as z.ZodType).description
    if (description === undefined) throw new Error(`${name} has no description`)
    return { name, description, defaultText: defaultOf(slice.schema, name) }
  })
}

/** What the schema gives when nothing is set: parsing an empty environment shows it, whatever the field is made of. */
function defaultOf(schema: z.ZodObject, name: string): string {
  const parsed = schema.safeParse({})
  const value = parsed.success ? parsed.data[name] : undefined
  if (value === undefined || value === null) return 'none'
  return Array.isArray(value) ? value.join(',') : String(value)
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
