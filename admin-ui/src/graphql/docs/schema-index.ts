// The schema as the docs pane walks it.
import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql'

/** A place in the docs: a type, or one of its fields. */
export interface DocsPlace {
  readonly type: string
  readonly field?: string
}

/** A field, input key or enum value. */
export interface DocsField {
  readonly name: string
  /** As it is written, with its brackets and marks; empty for enum values. */
  readonly type: string
  readonly typeName: string
  readonly arguments: readonly GraphQLArgument[]
  readonly description: string | undefined
  readonly deprecated: string | undefined
}

export function fieldsOf(type: GraphQLNamedType): DocsField[] {
  if (isEnumType(type)) {
    return type.getValues().map(({ name, description, deprecationReason }) => ({
      name,
      type: '',
      typeName: '',
      arguments: [],
      description: description ?? undefined,
      deprecated: deprecationReason ?? undefined,
    }))
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return []
  return Object.values(type.getFields()).map((field) => ({
    name: field.name,
    type: String(field.type),
    typeName: String(field.type).replace(/[[\]!]/g, ''),
    arguments: 'args' in field ? field.args : [],
    description: field.description ?? undefined,
    deprecated: field.deprecationReason ?? undefined,
  }))
}

/** Object types that stand behind an interface or a union. */
export function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): string[] {
  if (!isInterfaceType(type) && !isUnionType(type)) return []
  return schema.getPossibleTypes(type).map((possible) => possible.name)
}

const foundMax = 80

/** Types and fields whose name or description holds the words; names that begin with them come first. */
export function searchSchema(schema: GraphQLSchema, words: string): { found: DocsPlace[]; more: boolean } {
  const wanted = words.trim().toLowerCase()
  const ranked: { place: DocsPlace; rank: number }[] = []
  const look = (place: DocsPlace, name: string, description: string | null | undefined) => {
    const at = name.toLowerCase().indexOf(wanted)
    if (at < 0 && description?.toLowerCase().includes(wanted) !== true) return
    const nearness = at < 0 ? 6 : name.length === wanted.length ? 0 : at === 0 ? 2 : 4
    ranked.push({ place, rank: nearness + (place.field === undefined ? 0 : 1) })
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    look({ type: type.name }, type.name, type.description)
    for (const { name, description } of fieldsOf(type)) look({ type: type.name, field: name }, name, description)
  }
  ranked.sort((a, b) => a.rank - b.rank)
  return { found: ranked.slice(0, foundMax).map(({ place }) => place), more: ranked.length > foundMax }
}

/** Kind of a type in a word. */
export function kindOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'object'
  if (isInputObjectType(type)) return 'input'
  if (isEnumType(type)) return 'enum'
  if (isInterfaceType(type)) return 'interface'
  return isUnionType(type) ? 'union' : 'scalar'
}
