// `__schema` and `__type` of an operation.
import { SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql'
import type { Variables } from '../plan/inputs.ts'
import type { Planning } from '../plan/planning.ts'
import type { SelectedField } from '../plan/reads/selection.ts'
import type { Introspections } from './introspections.ts'
import type { ToldSchema } from './told-schema.ts'
import { argumentsOf, writerOf } from './written-fields.ts'

/** A root field whose value is told from the role's schema. */
export interface IntrospectedField {
  /** Its response key. */
  readonly key: string
  /** Its value as JSON text. */
  tell(variables: Variables): Promise<string>
}

/** What introspection reads of the server. */
export interface IntrospectionSource {
  readonly introspections: Introspections
  /** Names the role's model and the document. */
  readonly key: string
  /** The role's schema, anew for each telling. */
  readonly schema: () => ToldSchema
}

/** Is it one of the two? */
export function isIntrospected({ name }: SelectedField): boolean {
  return name === '__schema' || name === '__type'
}

/** How the field is told. `planningOf`: the state of planning for the variables of a request. */
export function introspectedField(
  field: SelectedField,
  { introspections, key, schema }: IntrospectionSource,
  planningOf: (variables: Variables) => Planning,
): IntrospectedField {
  return {
    key: field.key,
    tell: (variables) =>
      introspections.tell(`${field.key}:${JSON.stringify(variables)}:${key}`, () => piecesOf(field, planningOf(variables), schema())),
  }
}

function* piecesOf(field: SelectedField, planning: Planning, schema: ToldSchema): Generator<string> {
  const source = { planning, schema }
  if (field.name === '__schema') return yield* writerOf(SchemaMetaFieldDef.type, field.selections, source).pieces(schema)
  const name = argumentsOf(TypeMetaFieldDef, field, source)['name'] as string
  let found = schema.namedType(name)
  for (const type of found === undefined ? schema.types() : []) {
    yield ''
    if (type.name !== name) continue
    found = type
    break
  }
  if (found === undefined) yield 'null'
  else yield* writerOf(TypeMetaFieldDef.type, field.selections, source).pieces(found)
}
