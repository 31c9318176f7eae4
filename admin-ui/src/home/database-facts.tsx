import { useQuery } from '@tanstack/react-query'
import { projectQuery } from '../api/project.ts'
import { formatBytes } from '../design/format.ts'
import styles from './home.module.css'

/** Versions and size, in the header. */
export function DatabaseFacts() {
  const { data: project } = useQuery(projectQuery)
  if (project === undefined) return null
  return (
    <div className={`${styles.facts} tabular`}>
      <span>Plinth {project.version}</span>
      <span title={project.database.kind === 'embedded' ? 'The embedded Postgres' : 'An external Postgres'}>
        Postgres {project.database.version.split(' ')[0]}
      </span>
      <span>{formatBytes(project.database.sizeBytes)}</span>
    </div>
  )
}
