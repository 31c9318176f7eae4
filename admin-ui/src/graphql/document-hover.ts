// What a name in the document stands for, shown beside it.
import { hoverTooltip, type Tooltip } from '@codemirror/view'
import { getSchema } from 'cm6-graphql'
import { type ASTNode, getNamedType, type GraphQLSchema, isInputObjectType, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'

interface Meaning {
  readonly from: number
  readonly to: number
  readonly name: string
  readonly type: string
  readonly text: string | null | undefined
}

export const documentHover = hoverTooltip((view, place): Tooltip | null => {
  const schema = getSchema(view.state)
  if (schema === undefined) return null
  const meaning = meaningAt(schema, view.state.doc.toString(), place)
  if (meaning === undefined) return null
  return { pos: meaning.from, end: meaning.to, above: true, create: () => ({ dom: render(meaning) }) }
})

function render({ name, type, text }: Meaning): HTMLElement {
  const box = document.createElement('div')
  box.className = 'cm-plinth-meaning'
  const head = box.appendChild(document.createElement('code'))
  head.textContent = type === '' ? name : `${name}: ${type}`
  if (text !== null && text !== undefined && text !== '') box.appendChild(document.createElement('p')).textContent = text
  return box
}

function meaningAt(schema: GraphQLSchema, text: string, place: number): Meaning | undefined {
  let found: Meaning | undefined
  const info = new TypeInfo(schema)
  const enter = (node: ASTNode, _key: unknown, parent: unknown) => {
    const { loc } = node
    if (loc === undefined || place < loc.start || place > loc.end) return node.kind === Kind.DOCUMENT ? undefined : false
    if (node.kind === Kind.NAME || node.kind === Kind.ENUM) found = describe(schema, info, node, parent as ASTNode) ?? found
    return undefined
  }
  try {
    visit(parse(text), visitWithTypeInfo(info, { enter }))
  } catch {
    return undefined
  }
  return found
}

function describe(schema: GraphQLSchema, info: TypeInfo, node: ASTNode & { readonly value: string }, parent: ASTNode): Meaning | undefined {
  const at = { from: node.loc!.start, to: node.loc!.end, name: node.value }
  const of = (what: { type: unknown; description?: string | null } | null | undefined): Meaning | undefined =>
    what === null || what === undefined ? undefined : { ...at, type: String(what.type), text: what.description }
  if (node.kind === Kind.ENUM) return { ...at, type: String(getNamedType(info.getInputType())), text: info.getEnumValue()?.description }
  switch (parent.kind) {
    case Kind.FIELD:
      return of(info.getFieldDef())
    case Kind.ARGUMENT:
      return of(info.getArgument())
    case Kind.OBJECT_FIELD: {
      const holder = getNamedType(info.getParentInputType())
      return isInputObjectType(holder) ? of(holder.getFields()[node.value]) : undefined
    }
    case Kind.NAMED_TYPE:
      return { ...at, type: '', text: schema.getType(node.value)?.description }
    default:
      return undefined
  }
}
