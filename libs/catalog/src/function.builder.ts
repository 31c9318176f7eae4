// Functions of the model: arguments, result shapes, who may call them.
import { CatalogRelation, type RoleRights } from './catalog-relation.ts'
import type { Column, DatabaseFunction, DataType, FunctionArgument, Relation } from './model.ts'
import type { RawFunction, RawGlobals } from './raw-model.ts'
import { typeByOid } from './type.builder.ts'

/** Functions of the exposed schemas, and those of the extra search path that compute over rows. */
export function buildFunctions(
  raw: RawGlobals,
  types: ReadonlyMap<number, DataType>,
  relationOfType: (typeOid: number) => CatalogRelation | undefined,
  rights: ReadonlyMap<string, RoleRights>,
): DatabaseFunction[] {
  return (raw.functions ?? []).map((fn) => {
    const inputs: FunctionArgument[] = []
    const outputs: { name: string; type: DataType }[] = []
    fn.types.forEach((oid, i) => {
      const mode = fn.modes?.[i] ?? 'i'
      const argument = { name: fn.names?.[i] ?? '', type: typeByOid(types, oid) }
      if (mode === 'i' || mode === 'b' || mode === 'v')
        inputs.push({ ...argument, mode: mode === 'b' ? 'inout' : mode === 'v' ? 'variadic' : 'in', hasDefault: false })
      if (mode === 'o' || mode === 'b' || mode === 't') outputs.push(argument)
    })
    const firstDefault = inputs.length - fn.defaults
    const returnRelation = relationOfType(fn.returns) ?? null
    const returnType = typeByOid(types, fn.returns)
    const returnColumns = outputs.length > 0 ? outputs : (returnType.attributes ?? null)
    return {
      oid: fn.oid,
      schema: fn.schema,
      name: fn.name,
      comment: fn.comment,
      arguments: inputs.map((input, i) => ({ ...input, hasDefault: i >= firstDefault })),
      volatility: fn.volatility === 'i' ? 'immutable' : fn.volatility === 's' ? 'stable' : 'volatile',
      returnsSet: fn.set,
      returnType,
      returnRelation,
      returnColumns,
      resultRelation: returnRelation ?? (returnColumns === null ? null : virtualRelation(fn, returnColumns)),
      securityDefiner: fn.definer,
      ofExtension: fn.extension,
      rowsEstimate: fn.rows,
      settings: new Map((fn.settings ?? []).map(splitSetting)),
      isExecutableBy: executableBy(raw.schemas?.[fn.schema] ?? [], fn.acl ?? [], rights),
    }
  })
}

/** Apart from its caller, so that it keeps no more than it needs in memory. */
function executableBy(usage: readonly number[], execute: readonly number[], rights: ReadonlyMap<string, RoleRights>) {
  return (role: string): boolean => {
    const held = rights.get(role)
    return held !== undefined && usage.some((grantee) => held.holds(grantee)) && execute.some((grantee) => held.holds(grantee))
  }
}

/** `name=value` as `proconfig` and `setconfig` hold it. */
export function splitSetting(setting: string): [name: string, value: string] {
  const at = setting.indexOf('=')
  return [setting.slice(0, at), setting.slice(at + 1)]
}

const bareColumn = {
  nullable: true,
  hasDefault: false,
  generated: 'no',
  defaultExpression: null,
  identitySequence: null,
  comment: null,
} as const
const bareView = {
  oid: 0,
  kind: 'v',
  rowSecurity: { enabled: false, forced: false },
  replicaIdentity: 'n',
  uniqueKeys: [],
  rawKeys: [],
  foreign: [],
  readsRequest: false,
  writesResponse: false,
  tableGrants: [],
  columnGrants: [],
  rowTypes: [],
} as const

/** A relation that stands for a function's own row shape: columns without keys, privileges or relationships. */
function virtualRelation(fn: RawFunction, shape: readonly { name: string; type: DataType }[]): Relation {
  const columns = shape.map(({ name, type }, i): Column => ({ ...bareColumn, name, position: i + 1, type }))
  const columnsByName = new Map(columns.map((column) => [column.name, column]))
  const { schema, name, comment } = fn
  return new CatalogRelation({ ...bareView, schema, name, comment, securityInvoker: !fn.definer, columns, columnsByName }, 0, [], new Map())
}
