// Which functions are fields, and under which names: the same for every role.
import {
  type Catalog,
  type DatabaseFunction,
  type DataType,
  heldRenames,
  readDirective,
  type Relation,
  type Renamable,
} from '#libs/catalog'
import { fieldName, isGraphQLName } from './names.ts'
import { type Arguments, argumentsOf } from './function-arguments.ts'

const known = new WeakMap<Catalog, ReadonlyMap<DatabaseFunction, string>>()

/**
 * The names of all functions that can be fields, whoever may call them: what their comments say where no other function of that
 * place has the name, else their own, `<schema>_<function>` for a root field outside the default schema. Of several functions
 * of one name the one with the fewest arguments has it, if it is the only one with so few; the others are called by their arguments.
 */
export function functionNames(catalog: Catalog): ReadonlyMap<DatabaseFunction, string> {
  let names = known.get(catalog)
  if (names === undefined) {
    names = readFunctionNames(catalog)
    known.set(catalog, names)
  }
  return names
}

/** The relation whose row is the function's first argument. */
export function rowRelation(catalog: Catalog, fn: DatabaseFunction): Relation | undefined {
  const type: DataType | undefined = fn.arguments[0]?.type
  return type?.kind === 'composite' ? catalog.findRelation(type.schema, type.name) : undefined
}

/** Is the type the row of a relation, or an array of such rows? */
export function isRowType(catalog: Catalog, type: DataType): boolean {
  if ((type.kind === 'array' || type.kind === 'domain') && type.base !== undefined) return isRowType(catalog, type.base)
  return type.kind === 'composite' && catalog.findRelation(type.schema, type.name) !== undefined
}

/** Functions that somebody wrote for the exposed schemas, to be called and not as triggers. */
export function writtenFunctions(catalog: Catalog): DatabaseFunction[] {
  const isTrigger = ({ name }: DataType) => name === 'trigger' || name === 'event_trigger'
  // Extensions have hundreds of functions, none of them meant as a field.
  return [...catalog.functions.values()]
    .flat()
    .filter((fn) => fn.ofExtension !== true && catalog.schemas.includes(fn.schema) && !isTrigger(fn.returnType))
}

/** Why a function is no field, whatever it is called: the end of a sentence for its owner. */
export function whyNoField(catalog: Catalog, fn: DatabaseFunction): string | undefined {
  const pseudo = fn.arguments.find(({ type }) => type.kind === 'pseudo' || type.base?.kind === 'pseudo')
  if (pseudo !== undefined) return `its argument ${nameOf(pseudo)}has the type ${pseudo.type.formatted}, of which there is no input`
  const { name, kind } = fn.returnType
  if (kind === 'pseudo' && name !== 'void' && fn.returnColumns === null)
    return name === 'record' ? 'it returns record: name its columns with OUT or RETURNS TABLE' : `it returns ${name}`
  const row = rowRelation(catalog, fn)
  const taken = fn.arguments.slice(row === undefined ? 0 : 1).find(({ type }) => isRowType(catalog, type))
  if (taken !== undefined) return `its argument ${nameOf(taken)}takes rows of a table, of which there is no input`
  if (row !== undefined && fn.volatility === 'volatile')
    return `it computes over rows of ${row.schema}.${row.name} but is volatile: declare it STABLE or IMMUTABLE`
  if (argumentsOf(fn, row !== undefined) === undefined) return 'an argument without default has a name that GraphQL cannot have'
  return undefined
}

function nameOf({ name }: { readonly name: string }): string {
  return name === '' ? '' : `"${name}" `
}

function readFunctionNames(catalog: Catalog): ReadonlyMap<DatabaseFunction, string> {
  const [defaultSchema] = catalog.schemas
  const places = new Map<Relation | undefined, Renamable<DatabaseFunction>[]>()
  for (const fn of writtenFunctions(catalog)) {
    if (whyNoField(catalog, fn) !== undefined) continue
    const relation = rowRelation(catalog, fn)
    const own = relation === undefined && fn.schema !== defaultSchema ? `${fn.schema}_${fn.name}` : fn.name
    const items = places.get(relation) ?? []
    places.set(relation, items)
    items.push({ item: fn, own, wanted: readDirective(fn.comment, 'function').options.name })
  }
  const names = new Map<DatabaseFunction, string>()
  for (const [relation, items] of places) {
    const columns = new Set(relation?.columns.map(fieldName))
    const held = heldRenames(items, (each) => !columns.has(each))
    const others = new Map<string, DatabaseFunction[]>()
    for (const { item, own } of items) {
      if (own === undefined || held.has(item)) continue
      const group = others.get(own)
      if (group === undefined) others.set(own, [item])
      else group.push(item)
    }
    const taken = new Set([...held.values(), ...others.keys()])
    for (const [own, overloads] of others)
      for (const [fn, name] of overloadNames(own, overloads, relation !== undefined, taken)) if (isGraphQLName(name)) names.set(fn, name)
    for (const [fn, name] of held) names.set(fn, name)
  }
  return names
}

/**
 * Names depend on nothing but the signatures, so they are the same after a restore. Functions that nothing tells apart, or whose
 * names others have, get none.
 */
function overloadNames(
  own: string,
  overloads: readonly DatabaseFunction[],
  hasRow: boolean,
  taken: Set<string>,
): (readonly [DatabaseFunction, string])[] {
  if (overloads.length === 1) return [[overloads[0]!, own]]
  const signatures = overloads.map((fn) => ({ fn, given: argumentsOf(fn, hasRow)! }))
  const least = Math.min(...signatures.map(({ given }) => given.size))
  const shortest = signatures.filter(({ given }) => given.size === least)
  const byNames = (given: Arguments) => `${own}_by_${[...given.keys()].join('_')}`
  const byTypes = (given: Arguments) => `${own}_by_${[...given].map(([name, { type }]) => `${name}_${typeWord(type)}`).join('_')}`
  const rest = signatures.filter(({ given }) => given.size > least || shortest.length > 1)
  const isOnly = (name: string, nameOfArguments: (given: Arguments) => string) =>
    !taken.has(name) && rest.filter(({ given }) => nameOfArguments(given) === name).length === 1
  const named = shortest.length === 1 ? [[shortest[0]!.fn, own] as const] : []
  return [
    ...named,
    ...rest.flatMap(({ fn, given }) => {
      const [short, long] = [byNames(given), byTypes(given)]
      if (given.size === 0) return []
      if (isOnly(short, byNames)) return [[fn, short] as const]
      return isOnly(long, byTypes) ? [[fn, long] as const] : []
    }),
  ]
}

function typeWord(type: DataType): string {
  return type.kind === 'array' && type.base !== undefined ? `${typeWord(type.base)}_array` : type.name
}
