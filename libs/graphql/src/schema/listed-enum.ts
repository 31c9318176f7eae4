// Enums whose refusal of a value names those that there are (Hasura's words).
import { GraphQLEnumType, type GraphQLEnumValueConfig, GraphQLError, Kind, type ValueNode } from 'graphql'
import { describeLiteral, describeValue } from './scalars.ts'

/** Values by name. */
export type EnumValues = Readonly<Record<string, GraphQLEnumValueConfig>>

/** More values than these would make a message that nobody reads. */
const VALUES_LISTED_MAX = 50

/** A GraphQLEnumType; only its errors differ. */
export class ListedEnum extends GraphQLEnumType {
  override parseValue(value: unknown, hideSuggestions?: boolean | null): unknown {
    if (typeof value !== 'string')
      throw new GraphQLError(`expected an enum value for type '${this.name}', but found ${describeValue(value)}`)
    this.mustHave(value)
    return super.parseValue(value, hideSuggestions)
  }

  override parseLiteral(node: ValueNode, variables: Record<string, unknown> | null | undefined, hideSuggestions?: boolean | null): unknown {
    if (node.kind !== Kind.ENUM)
      throw new GraphQLError(`expected an enum value for type '${this.name}', but found ${describeLiteral(node)}`, { nodes: node })
    this.mustHave(node.value, node)
    return super.parseLiteral(node, variables, hideSuggestions)
  }

  private mustHave(value: string, nodes?: ValueNode): void {
    if (this.getValue(value) !== undefined) return
    const names = this.getValues().map(({ name }) => `'${name}'`)
    const listed = names.length > VALUES_LISTED_MAX ? [...names.slice(0, VALUES_LISTED_MAX), '…'] : names
    throw new GraphQLError(`expected one of the values [${listed.join(', ')}] for type '${this.name}', but found '${value}'`, {
      nodes,
    })
  }
}
