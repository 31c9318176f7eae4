// The part of a role's schema that one document can be about: everything that has a name which the document says, or its
// variables do. What is validated against it is judged as against the whole schema, of however many tables that is.
import { type DocumentNode, type GraphQLSchema, visit } from 'graphql'
import type { RoleModel } from '../model/role-model.ts'
import type { Variables } from '../plan/inputs.ts'
import { buildSchema, type Mentioned } from './build-schema.ts'

/** Nobody looks into JSON that is deeper. */
const DEPTH_MAX = 130

/** Names and types in a document and the keys of its variables; `before`: names of earlier variables of the same document. */
export function mentionedIn(document: DocumentNode, variables: Variables, before?: ReadonlySet<string>): Mentioned {
  const names = new Set(before)
  const types = new Set<string>()
  visit(document, {
    Name: ({ value }) => void names.add(value),
    NamedType: ({ name }) => void types.add(name.value),
    Variable: () => false,
  })
  addKeys(variables, names, 0)
  return { names, types }
}

function addKeys(value: unknown, names: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return
  if (Array.isArray(value)) {
    for (const item of value) addKeys(item, names, depth + 1)
    return
  }
  for (const key of Object.keys(value)) {
    names.add(key)
    addKeys((value as Record<string, unknown>)[key], names, depth + 1)
  }
}

/** The schema of what is mentioned. */
export function documentSchema(model: RoleModel, mentioned: Mentioned): GraphQLSchema {
  return buildSchema(model, mentioned)
}
