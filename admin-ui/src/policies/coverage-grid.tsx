import type { Policy, TableInfo } from '#admin-api'
import { Tooltip } from '@mantine/core'
import { IconCheck, IconCircleHalf2, IconMinus } from '@tabler/icons-react'
import { commands, coverageOf, rolesOf } from './coverage.ts'
import styles from './policies.module.css'

const words = { allow: 'All rows', some: 'Some rows', deny: 'Nothing' }
const icons = { allow: IconCheck, some: IconCircleHalf2, deny: IconMinus }

/** Who may do what: role by command, with the reason on hover or focus. */
export function CoverageGrid({ table, policies }: { table: TableInfo; policies: readonly Policy[] }) {
  return (
    <table className={styles.coverage} aria-label={`Who may do what with ${table.name}`}>
      <thead>
        <tr>
          <th>Role</th>
          {commands.map((command) => (
            <th key={command}>{command}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rolesOf(table, policies).map((role) => (
          <tr key={role}>
            <th scope="row">{role}</th>
            {commands.map((command) => {
              const { access, why } = coverageOf(table, policies, role, command)
              const Icon = icons[access]
              return (
                <td key={command}>
                  <Tooltip label={why} multiline maw={320} style={{ whiteSpace: 'pre-line' }}>
                    <span className={styles.access} data-access={access} tabIndex={0}>
                      <Icon size={14} aria-hidden />
                      {words[access]}
                    </span>
                  </Tooltip>
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
