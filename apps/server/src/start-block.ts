// The one block that a start prints: what a newcomer needs next, and nothing else.

/** What the block shows. */
export interface StartFacts {
  readonly url: string
  readonly consoleUrl: string
  readonly dataDir: string
  /** The one-time link while no owner exists. */
  readonly setupUrl: string | null
  readonly database: string
  readonly objects: string
  readonly seconds: number
  /** Things that do not work as they could, each with the way out. */
  readonly limitations: readonly string[]
}

/** Renders the block. Scripts may look for its first line, "Plinth is ready". */
export function renderStartBlock(facts: StartFacts): string {
  const rows: [string, string][] = [
    ['API', facts.url],
    ['Console', facts.consoleUrl],
    ['Keys', 'npm run --silent plinth -- status --show-secrets'],
    ['Data', `${facts.dataDir} (${facts.database}, objects ${facts.objects})`],
  ]
  const lines = ['', `Plinth is ready (${facts.seconds.toFixed(1)} s)`, '', ...rows.map(([name, value]) => `  ${name.padEnd(9)}${value}`)]
  if (facts.setupUrl !== null) lines.push('', '  Set up the console with this link. It works once:', `  ${facts.setupUrl}`)
  for (const limitation of facts.limitations) lines.push('', `  Note: ${limitation}`)
  return `${lines.join('\n')}\n\n`
}
