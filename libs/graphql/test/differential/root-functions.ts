// Functions at the root that read no table: several arguments, defaults, lists, null.
import type { Random } from '../../../query/test/property/random.ts'
import { quoteText } from '../../../query/test/property/sql-text.ts'
import { columnTypes, listItems, sqlType, type TypeName } from './column-types.ts'
import { valueText } from './facts.ts'
import type { RootArgument, ScalarField, Value } from './model.ts'

interface Declared {
  readonly name: string
  readonly type: TypeName
  readonly fallback?: string
}

interface RootFunction {
  readonly name: string
  readonly declared: readonly Declared[]
  readonly returns: string
  readonly sql: string
}

const functions: readonly RootFunction[] = [
  {
    name: 'fn_sum',
    declared: [
      { name: 'a', type: 'int4' },
      { name: 'b', type: 'numeric', fallback: '1.5' },
    ],
    returns: 'numeric',
    sql: 'a + b',
  },
  {
    name: 'fn_text',
    declared: [
      { name: 'word', type: 'text', fallback: 'it' },
      { name: 'list', type: 'text[]', fallback: '{a,b}' },
    ],
    returns: 'jsonb',
    sql: `jsonb_build_object('k', word, 'l', to_jsonb(list))`,
  },
  {
    name: 'fn_who',
    declared: [{ name: 'day', type: 'date', fallback: '2026-01-01' }],
    returns: 'text',
    sql: `coalesce((select auth.uid())::text, (select auth.role()), 'none') || day::text`,
  },
]

export const rootFunctionsSql: readonly string[] = functions.flatMap(({ name, declared, returns, sql }) => {
  const parameters = declared.map((each) => {
    const fallback = each.fallback === undefined ? '' : ` default ${quoteText(each.fallback)}`
    return `${each.name} ${sqlType(each.type)}${fallback}`
  })
  return [
    `create function ${name}(${parameters.join(', ')}) returns ${returns} language sql stable as $f$ select ${sql} $f$`,
    `grant execute on function ${name} to anon, authenticated, service_role`,
  ]
})

export function scalarField(random: Random, key: string): ScalarField {
  const { name, declared } = random.pick(functions)
  const given = declared.filter(({ fallback }) => fallback === undefined || random.chance(60))
  const args = (given.length === 0 ? declared.slice(0, 1) : given).map((each): RootArgument => {
    const column = { name: each.name, type: each.type, nullable: true, use: 'plain' } as const
    return { name: each.name, column, value: random.chance(10) ? null : valueFor(random, each.type) }
  })
  return { kind: 'scalar', key, name, args }
}

function valueFor(random: Random, type: TypeName): Value {
  return columnTypes[type].written === 'list' ? random.pick(listItems[type]!) : random.pick(columnTypes[type].values)
}

/** The same call with named arguments in SQL. */
export function scalarSql({ name, args }: ScalarField): string {
  const texts = args.map(({ name: key, column, value }) => {
    return `${key} => ${value === null ? 'null' : `${quoteText(valueText(value))}::${sqlType(column.type)}`}`
  })
  return `${name}(${texts.join(', ')})`
}
