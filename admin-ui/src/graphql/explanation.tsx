import type { GraphqlExplanation } from '#admin-api'
import { CodeBlock } from '../design/code-block.tsx'
import { Tag } from '../design/tag.tsx'
import styles from './graphql.module.css'

/** The SQL of each root field, Postgres' plan for it and the policies that decide over its rows. */
export function Explanation({ fields, role }: { fields: readonly GraphqlExplanation[]; role: string }) {
  return (
    <div className={styles.explanation}>
      {fields.length === 0 ? <p>This operation asks the database for nothing.</p> : null}
      {fields.map(({ field, sql, plan, relations }, index) => (
        <section key={index} aria-label={field}>
          <h2>{field}</h2>
          {relations.length === 0 ? null : (
            <>
              <h3>Who decides over the rows</h3>
              <ul className={styles.relations}>
                {relations.map((relation) => (
                  <li key={`${relation.schema}.${relation.name}`}>
                    <p className={styles.relation}>
                      <b>{relation.schema === 'public' ? relation.name : `${relation.schema}.${relation.name}`}</b>
                      {relation.commands.map((command) => (
                        <Tag key={command}>{command}</Tag>
                      ))}
                      <span className={styles.verdict}>{verdictOf(relation, role)}</span>
                    </p>
                    {relation.policies.map((policy) => (
                      <div key={policy.name} className={styles.policy}>
                        <p>
                          {policy.name} <Tag>{policy.command}</Tag> {policy.permissive ? null : <Tag tone="warn">restrictive</Tag>}
                        </p>
                        {policy.using === null ? null : <pre>using {policy.using}</pre>}
                        {policy.check === null ? null : <pre>with check {policy.check}</pre>}
                      </div>
                    ))}
                  </li>
                ))}
              </ul>
            </>
          )}
          <h3>Plan</h3>
          <CodeBlock code={plan.join('\n')} label="the plan" maxHeight={360} />
          <h3>SQL</h3>
          <CodeBlock code={sql} label="the SQL" maxHeight={360} wrap />
        </section>
      ))}
    </div>
  )
}

function verdictOf({ rowSecurity, bypassed, policies }: GraphqlExplanation['relations'][number], role: string): string {
  if (!rowSecurity) return 'no row-level security: every row'
  if (bypassed) return `${role} passes every policy`
  return policies.length === 0 ? 'no policy lets anything through' : ''
}
