// The `path` argument of json fields.
import { Kind } from 'graphql'
import type { JsonPath } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import { storable } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import type { SelectedField } from '../reads/selection.ts'

const STEP = /^\.?([A-Za-z_$][\w$-]*)|^\[(\d+)\]|^\["((?:[^"\\]|\\.)*)"\]|^\['((?:[^'\\]|\\.)*)'\]/

/** `$.a.b[0]`, `a.b`, `["x y"]` as steps. The path is part of the plan, so an index on it can be used. */
export function jsonPathOf(planning: Planning, field: SelectedField): JsonPath | undefined {
  const node = field.node.arguments?.find((argument) => argument.name.value === 'path')?.value
  if (node === undefined) return undefined
  if (node.kind === Kind.VARIABLE) planning.literalVariables.add(node.name.value)
  const text = planning.inputs.now(planning.inputs.of(node))
  if (text === null || text === undefined) return undefined
  const steps: (string | number)[] = []
  let rest = storable(String(text), `${field.location}.args.path`).replace(/^\$/, '')
  while (rest !== '') {
    const step = STEP.exec(rest)
    if (step === null) throw validationFailed(`parse json path error: unexpected "${rest.slice(0, 20)}"`, `${field.location}.args.path`)
    steps.push(step[2] === undefined ? (step[1] ?? step[3] ?? step[4] ?? '').replace(/\\(.)/g, '$1') : Number(step[2]))
    rest = rest.slice(step[0].length)
  }
  return steps.length === 0 ? undefined : { steps, asText: false }
}
