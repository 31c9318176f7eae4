// Random policies: for each command, permissive and restrictive, by owner, claim, value and sub-select.
import type { Random } from '../../../query/test/property/random.ts'
import { quoteName } from '../../../query/test/property/sql-text.ts'
import type { ForeignKey, Relation } from './model.ts'

const commands = ['select', 'insert', 'update', 'delete'] as const

export function policiesSql(random: Random, table: Relation, keys: readonly ForeignKey[]): string[] {
  if (random.chance(20)) return []
  const name = quoteName(table.name)
  const conditions = conditionsOf(table, keys)
  const one = () => (random.chance(20) ? 'true' : random.pick(conditions))
  const policies: string[] = []
  const add = (command: string, restrictive: boolean): void => {
    const to = random.chance(15) ? ' to authenticated' : ''
    const using = command === 'insert' ? '' : ` using (${one()})`
    const check =
      command === 'insert' ? ` with check (${one()})` : command === 'update' && random.chance(50) ? ` with check (${one()})` : ''
    policies.push(`create policy p${policies.length} on ${name}${restrictive ? ' as restrictive' : ''} for ${command}${to}${using}${check}`)
  }
  if (random.chance(30)) add('all', false)
  for (const command of commands) {
    add(command, false)
    if (random.chance(25)) add(command, false)
  }
  if (random.chance(20)) add(random.pick(commands), true)
  return [`alter table ${name} enable row level security`, ...policies]
}

function conditionsOf(table: Relation, keys: readonly ForeignKey[]): string[] {
  const has = (column: string) => table.columns.some(({ name }) => name === column)
  const conditions = ['hashtext(mark) % 3 <> 0', '(select auth.role()) <> $$anon$$ or hashtext(mark) % 2 = 0']
  if (has('owner')) conditions.push('owner = auth.uid()', 'owner = (select auth.uid()) or owner is null', 'owner = auth.uid()')
  if (has('org')) conditions.push(`org = (auth.jwt() ->> 'org')::int`, `org = (auth.jwt() ->> 'org')::int or org is null`)
  const key = keys.find(({ source, target }) => source === table && target !== table)
  if (key !== undefined) {
    const [near, far] = [`${quoteName(table.name)}.${quoteName(key.columns[0]!)}`, quoteName(key.targetColumns[0]!)]
    conditions.push(`${near} in (select p.${far} from ${quoteName(key.target.name)} p)`)
    conditions.push(`exists (select from ${quoteName(key.target.name)} p where p.${far} = ${near} and hashtext(p.mark) % 3 <> 1)`)
  }
  return conditions
}
