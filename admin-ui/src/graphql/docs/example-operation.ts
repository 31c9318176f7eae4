// A first operation for a root field, ready to run where no argument is missing.
import { getNamedType, type GraphQLField, type GraphQLSchema, isCompositeType, isLeafType, isObjectType, isRequiredArgument } from 'graphql'

const leavesMax = 8

/** The operation for a field of a root type; undefined when the type is none. */
export function exampleOperation(schema: GraphQLSchema, root: string, name: string): string | undefined {
  const kind = (
    [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
      ['subscription', schema.getSubscriptionType()],
    ] as const
  ).find(([, type]) => type?.name === root)?.[0]
  const type = schema.getType(root)
  const field = isObjectType(type) ? type.getFields()[name] : undefined
  if (kind === undefined || field === undefined) return undefined
  const required = field.args.filter(isRequiredArgument)
  const declared = required.map((argument) => `$${argument.name}: ${String(argument.type)}`)
  const given = required.map((argument) => `${argument.name}: $${argument.name}`)
  if (field.args.some((argument) => argument.name === 'limit')) given.push('limit: 10')
  const head = declared.length === 0 ? `${kind} ${name}` : `${kind} ${name}(${declared.join(', ')})`
  const call = given.length === 0 ? name : `${name}(${given.join(', ')})`
  return `${head} {\n  ${call}${selection(field, 2)}\n}\n`
}

function selection(field: GraphQLField<unknown, unknown>, depth: number): string {
  const type = getNamedType(field.type)
  if (!isCompositeType(type)) return ''
  const indent = '  '.repeat(depth)
  const fields = 'getFields' in type ? Object.values(type.getFields()) : []
  const leaves = fields.filter((one) => isLeafType(getNamedType(one.type)) && !one.args.some(isRequiredArgument)).slice(0, leavesMax)
  const lines = leaves.map(({ name }) => `${indent}${name}`)
  // What wraps rows, as the answer of a mutation does, has few values of its own: the rows are shown too.
  if (depth < 4)
    for (const inner of fields.filter(({ name }) => ['returning', 'aggregate', 'edges', 'node', 'nodes'].includes(name)).slice(0, 1))
      lines.push(`${indent}${inner.name}${selection(inner, depth + 1)}`)
  if (lines.length === 0) lines.push(`${indent}__typename`)
  return ` {\n${lines.join('\n')}\n${'  '.repeat(depth - 1)}}`
}
