import type { ErrorDefinition } from '#libs/kernel'

/** docs/reference/errors.md: every registered error of the platform by area. */
export function renderErrorReference(errors: readonly (ErrorDefinition & { readonly id: string })[]): string {
  const areas = new Map<string, string[]>()
  for (const { id, status, message } of errors) {
    const [area, code] = id.split('/') as [string, string]
    areas.set(area, [...(areas.get(area) ?? []), `| ${code} | ${status} | ${message.replaceAll('|', '\\|')} |`])
  }
  const sections = [...areas].map(([area, rows]) =>
    [`## ${area}`, '', '| code | HTTP | message |', '|---|---|---|', ...rows, ''].join('\n'),
  )
  return [
    '<!-- Generated from the code by `npm run docs`. Do not edit. -->',
    '# Errors',
    '',
    'Every error that Plinth itself raises. Each API dialect renders them in its own shape; errors of Postgres keep their',
    'SQLSTATE. `{name}` stands for a value of the request.',
    '',
    ...sections,
  ].join('\n')
}
