import type { RoleModel, RootField } from './role-model.ts'

const known = new WeakMap<RoleModel, ReadonlyMap<string, RootField>>()

/** Fields of subscription_root: everything that can be queried, and `T_stream` of every table that may be read. */
export function subscriptionRoots(model: RoleModel): ReadonlyMap<string, RootField> {
  let roots = known.get(model)
  if (roots === undefined) {
    const made = new Map(model.queries)
    for (const table of model.tables.values()) {
      const name = `${table.name}_stream`
      if (table.columns.size > 0 && !made.has(name)) made.set(name, { name, kind: 'select_stream', table })
    }
    roots = made
    known.set(model, roots)
  }
  return roots
}
