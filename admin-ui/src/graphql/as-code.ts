// The operation as code to take away. Secrets are named, never written.
import { isAnonymous } from './run-identity.ts'
import { bodyOf, type Operation } from './transport.ts'
import type { RunRole } from '../run-as/run-as.tsx'

export function asCurl(operation: Operation, as: RunRole, url: string): string {
  const lines = [`curl ${url}`, `-H 'content-type: application/json'`]
  if (!isAnonymous(as)) lines.push(`-H "authorization: Bearer $${tokenName(as)}"`)
  lines.push(`-d '${bodyOf(operation).replaceAll("'", `'\\''`)}'`)
  return lines.join(' \\\n  ')
}

export function asFetch({ query, variables, operationName }: Operation, as: RunRole, url: string): string {
  const headers = [`'content-type': 'application/json'`]
  if (!isAnonymous(as)) headers.push(`authorization: \`Bearer \${${as.role === 'service_role' ? 'serviceKey' : 'accessToken'}}\``)
  const text = query.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
  const parts = [
    `    query: \`${text}\`,`,
    ...(variables.trim() === '' ? [] : [`    variables: ${variables.trim().replaceAll('\n', '\n    ')},`]),
    ...(operationName === undefined ? [] : [`    operationName: '${operationName}',`]),
  ]
  return [
    `const response = await fetch('${url}', {`,
    `  method: 'POST',`,
    `  headers: { ${headers.join(', ')} },`,
    `  body: JSON.stringify({`,
    ...parts,
    `  }),`,
    `})`,
    `const { data, errors } = await response.json()`,
  ].join('\n')
}

const tokenName = ({ role }: RunRole): string => (role === 'service_role' ? 'PLINTH_SERVICE_KEY' : 'ACCESS_TOKEN')
