// A compiled plan with the values of one request.
import type { Statement } from '#libs/postgres'
import type { Plan } from '#libs/query'
import type { Variables } from '../plan/inputs.ts'
import type { Recipe, Session } from '../plan/parameters.ts'

/** The plan as a statement: recipes are evaluated for these variables and this caller, constants are there already. */
export function statementOf(plan: Plan, variables: Variables, session: Session): Statement {
  const values = plan.parameters.map((node) => (node.ref === undefined ? node.value : (node.ref as Recipe)(variables, session)))
  return { text: plan.text, values }
}
