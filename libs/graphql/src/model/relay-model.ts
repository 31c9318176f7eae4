import type { RoleModel, RootField } from './role-model.ts'

/** The same role at the Relay endpoint: connections and `node` instead of lists. Mutations are the same. */
export function relayModel(model: RoleModel): RoleModel {
  const queries = new Map<string, RootField>()
  for (const table of model.tables.values()) {
    if (table.primaryKey === null || table.columns.size === 0) continue
    const name = `${table.name}_connection`
    queries.set(name, { name, kind: 'connection', table })
  }
  return { ...model, relay: true, queries }
}
