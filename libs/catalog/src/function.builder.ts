// Functions of the model: arguments, result shapes, who may call them.
import { CatalogRelation, type RoleRights } from './catalog-relation.ts'
import type { DatabaseFunction, DataType, FunctionArgument, Relation } from './model.ts'
import type { RawColumn, RawFunction, RawModel, RawRelation } from './raw-model.ts'
import { buildColumn, typeByOid } from './type.builder.ts'

/** Functions of the exposed schemas, and those of the extra search path that compute over rows. */
export function buildFunctions(
  raw: RawModel,
  types: ReadonlyMap<number, DataType>,
  relationOfType: (typeOid: number) => CatalogRelation | undefined,
  columnsOf: ReadonlyMap<number, readonly RawColumn[]>,
  rights: ReadonlyMap<string, RoleRights>,
): DatabaseFunction[] {
  const shapeOfType = new Map((raw.shapes ?? []).map((shape) => [shape.type, shape.oid]))
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
    const shape = columnsOf.get(shapeOfType.get(fn.returns) ?? 0)
    const returnColumns =
      outputs.length > 0 ? outputs : (shape?.map((column) => ({ name: column.name, type: typeByOid(types, column.type) })) ?? null)
    return {
      oid: fn.oid,
      schema: fn.schema,
      name: fn.name,
      comment: fn.comment,
      arguments: inputs.map((input, i) => ({ ...input, hasDefault: i >= firstDefault })),
      volatility: fn.volatility === 'i' ? 'immutable' : fn.volatility === 's' ? 'stable' : 'volatile',
      returnsSet: fn.set,
      returnType: typeByOid(types, fn.returns),
      returnRelation,
      returnColumns,
      resultRelation: returnRelation ?? (returnColumns === null ? null : virtualRelation(fn, returnColumns)),
      securityDefiner: fn.definer,
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
  rel: 0,
  notnull: false,
  identity: '',
  generated: '',
  default: null,
  hasdefault: false,
  sequence: null,
  comment: null,
  acl: null,
}
const bareView = { oid: 0, kind: 'v', rls: false, forced: false, identity: 'n', changes: 0, acl: null } as const

/** A relation that stands for a function's own row shape: columns without keys, privileges or relationships. */
function virtualRelation(fn: RawFunction, columns: readonly { name: string; type: DataType }[]): Relation {
  const built = columns.map(({ name, type }, i): RawColumn & { dataType: DataType } => ({
    ...bareColumn,
    pos: i + 1,
    name,
    type: type.oid,
    dataType: type,
  }))
  const raw: RawRelation = { ...bareView, schema: fn.schema, name: fn.name, comment: fn.comment, invoker: !fn.definer }
  const types = new Map(built.map((column) => [column.type, column.dataType]))
  return new CatalogRelation(
    raw,
    built.map((column) => buildColumn(column, types)),
    { columns: [], table: [], usage: [] },
    new Map(),
  )
}
