// Introspection fields as what writes their answers: graphql-js says what there is to ask of a type and what it answers; here
// it becomes JSON text, in pieces, so that a large schema can be told while others are served.
import {
  type GraphQLField,
  type GraphQLLeafType,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import type { Planning } from '../plan/planning.ts'
import { evaluate } from '../plan/inputs.ts'
import { type SelectedField, selectedFields } from '../plan/reads/selection.ts'
import type { ToldSchema } from './told-schema.ts'

/** Writes a value that is not null. */
interface Writer {
  /** All at once. */
  text(value: unknown): string
  /** In pieces where a value may be large. */
  pieces(value: unknown): Iterable<string>
}

/** What writers are made for: one introspection field of one request. */
interface Source {
  readonly planning: Planning
  readonly schema: ToldSchema
}

/** Makes the writer of a field's value. */
export function writerOf(type: GraphQLOutputType, selections: readonly SelectionSetNode[], source: Source): Writer {
  if (isNonNullType(type)) return writerOf(type.ofType, selections, source)
  if (isListType(type)) return new ListWriter(writerOf(type.ofType, selections, source))
  return isObjectType(type) ? new ObjectWriter(type, selections, source) : new LeafWriter(type as GraphQLLeafType)
}

class LeafWriter implements Writer {
  constructor(private readonly type: GraphQLLeafType) {}

  text(value: unknown): string {
    return JSON.stringify(this.type.serialize(value))
  }

  pieces(value: unknown): Iterable<string> {
    return [this.text(value)]
  }
}

class ListWriter implements Writer {
  constructor(private readonly item: Writer) {}

  text(values: unknown): string {
    let text = ''
    for (const value of values as Iterable<unknown>) text += `${text === '' ? '' : ','}${this.item.text(value)}`
    return `[${text}]`
  }

  *pieces(values: unknown): Iterable<string> {
    let separator = '['
    for (const value of values as Iterable<unknown>) {
      yield separator
      yield* this.item.pieces(value)
      separator = ','
    }
    yield separator === '[' ? '[]' : ']'
  }
}

/** One field of an object: where its value comes from and how it is written. */
interface Member {
  /** `"key":` */
  readonly prefix: string
  readonly valueOf: (value: unknown) => unknown
  readonly writer: Writer
}

/** Only these hold long lists: of types, and of fields. */
const large: ReadonlySet<string> = new Set(['__Schema', '__Type'])

class ObjectWriter implements Writer {
  private readonly members: readonly Member[]
  private readonly isLarge: boolean

  constructor(type: GraphQLObjectType, selections: readonly SelectionSetNode[], source: Source) {
    this.isLarge = large.has(type.name)
    this.members = selectedFields(source.planning, selections, '$').map((field) => memberOf(type, field, source))
  }

  text(value: unknown): string {
    let text = ''
    for (const { prefix, valueOf, writer } of this.members) {
      const member = valueOf(value)
      text += `${text === '' ? '' : ','}${prefix}${member === undefined || member === null ? 'null' : writer.text(member)}`
    }
    return `{${text}}`
  }

  *pieces(value: unknown): Iterable<string> {
    if (!this.isLarge) return yield this.text(value)
    let separator = '{'
    for (const { prefix, valueOf, writer } of this.members) {
      yield `${separator}${prefix}`
      const member = valueOf(value)
      if (member === undefined || member === null) yield 'null'
      else yield* writer.pieces(member)
      separator = ','
    }
    yield '}'
  }
}

function memberOf(parent: GraphQLObjectType, field: SelectedField, source: Source): Member {
  const prefix = `${JSON.stringify(field.key)}:`
  if (field.name === '__typename') return { prefix, valueOf: () => parent.name, writer: verbatim }
  const definition = parent.getFields()[field.name]!
  return { prefix, valueOf: valueOf(parent, definition, field, source), writer: writerOf(definition.type, field.selections, source) }
}

const verbatim: Writer = {
  text: (value) => JSON.stringify(value),
  pieces: (value) => [JSON.stringify(value)],
}

function valueOf(
  parent: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  field: SelectedField,
  source: Source,
): (value: unknown) => unknown {
  const { schema } = source
  const given = argumentsOf(definition, field, source)
  // The two long lists are not made as a whole.
  if (parent.name === '__Schema' && definition.name === 'types') return () => schema.types()
  if (parent.name === '__Type' && definition.name === 'fields') {
    const isWanted = ({ deprecationReason }: GraphQLField<unknown, unknown>) =>
      deprecationReason === undefined || given['includeDeprecated'] === true
    return (type) => (isObjectType(type) || isInterfaceType(type) ? filtered(schema.fieldsOfType(type), isWanted) : undefined)
  }
  const resolve = definition.resolve!
  // Of all that graphql-js tells a resolver these read only the schema.
  const info = { schema } as unknown as GraphQLResolveInfo
  return (value) => resolve(value, given, undefined, info)
}

function* filtered<T>(items: Iterable<T>, isWanted: (item: T) => boolean): Iterable<T> {
  for (const item of items) if (isWanted(item)) yield item
}

/** The values of a field's arguments; they were validated. */
export function argumentsOf(
  { args }: GraphQLField<unknown, unknown>,
  { node }: SelectedField,
  { planning }: Pick<Source, 'planning'>,
): Record<string, unknown> {
  return Object.fromEntries(
    args.map(({ name, defaultValue }) => {
      const written = node.arguments?.find((argument) => argument.name.value === name)
      const value =
        written === undefined ? undefined : evaluate(planning.inputs.template(planning.inputs.of(written.value)), planning.variables)
      return [name, value === undefined ? defaultValue : value]
    }),
  )
}
