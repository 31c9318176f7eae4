// GraphQL Code Generator makes types from what introspection says, and they compile: also for the operations of an app.
import { codegen } from '@graphql-codegen/core'
import * as typescriptPlugin from '@graphql-codegen/typescript'
import * as operationsPlugin from '@graphql-codegen/typescript-operations'
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, printSchema, validateSchema } from 'graphql'
import ts from 'typescript'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { headersFor, openStore, type Person, type Store } from './store.ts'

let store: Store
let ada: Person
beforeAll(async () => {
  store = await openStore()
  ada = await store.signUp('ada')
})
afterAll(() => store?.close())

const app = `
  query Albums($where: album_bool_exp!, $order: [album_order_by!]) {
    album(where: $where, order_by: $order, limit: 3) { ...AlbumParts track(order_by: {milliseconds: desc}) { name genre { name } unit_price } }
    album_aggregate(where: $where) { aggregate { count max { title } } }
  }
  fragment AlbumParts on album { album_id title artist { name } }
  mutation Add($list: list_insert_input!) { insert_list_one(object: $list) { id name list_item { track { name } } } }
  subscription Mine { list { id name } }
`

async function introspect(person?: Person): Promise<IntrospectionQuery> {
  const answer = await fetch(store.server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersFor(store, person) },
    body: JSON.stringify({ query: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }) }),
  })
  const { data, errors } = (await answer.json()) as { data: IntrospectionQuery; errors?: unknown }
  expect(errors).toBeUndefined()
  return data
}

/** Compiler errors of a module, strictly. */
function faultsOf(source: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (name, language) => (name === 'generated.ts' ? ts.createSourceFile(name, source, language) : read(name, language))
  const program = ts.createProgram(['generated.ts'], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

it('types of a signed-in user compile, and follow the operations of an app', async () => {
  const schema = buildClientSchema(await introspect(ada))
  expect(validateSchema(schema)).toEqual([])
  const output = await codegen({
    filename: 'generated.ts',
    schema: parse(printSchema(schema)),
    documents: [{ location: 'app.graphql', document: parse(app) }],
    plugins: [{ types: {} }, { operations: {} }],
    pluginMap: { types: typescriptPlugin, operations: operationsPlugin },
    config: { scalars: { timestamptz: 'string', uuid: 'string', numeric: 'number' } },
  })
  expect(output).toContain('AlbumsQueryVariables')
  const use = `
    const variables: AlbumsQueryVariables = { where: { title: { _ilike: '%a%' } }, order: [{ artist: { name: Order_By.Asc } }] };
    export function longest(data: AlbumsQuery): string | undefined { return data.album[0]?.track[0]?.name; }
    export function added(data: AddMutation): number | undefined { return data.insert_list_one?.id; }
    export { variables };`
  expect(faultsOf(`${output}\n${use}`)).toEqual([])
  // The types are not merely \`any\`: a wrong use is refused.
  expect(faultsOf(`${output}\nexport const wrong: AlbumsQueryVariables = { where: { title: { _ilike: 1 } } };`)).not.toEqual([])
})

it('a role without rights on a table gets types without it', async () => {
  const schema = buildClientSchema(await introspect())
  expect(schema.getType('album')).toBeDefined()
  expect(schema.getType('list')).toBeUndefined()
  expect(schema.getMutationType() ?? null).toBeNull()
})
