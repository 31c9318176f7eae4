import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { healthQuery } from '../api/project.ts'
import { Delayed } from '../design/delayed.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { StateMark } from '../design/state-mark.tsx'
import styles from './home.module.css'

/** One tile for each part that the server reports on. */
export function HealthTiles() {
  const health = useQuery(healthQuery)
  if (health.isError)
    return <ErrorPanel title="The health of the server is not known" error={health.error} onRetry={() => void health.refetch()} />
  const checks = Object.entries(health.data?.checks ?? {})
  return (
    <section aria-label="Health" className={styles.tiles} aria-busy={health.isPending}>
      {health.isPending
        ? [0, 1, 2, 3].map((tile) => (
            <div key={tile} className={styles.tile}>
              <Delayed>
                <Skeleton height={10} width="45%" mt={4} />
                <Skeleton height={10} width="30%" />
              </Delayed>
            </div>
          ))
        : checks.map(([name, check]) => (
            <div key={name} className={styles.tile}>
              <span className={styles.tileName}>{name.replace(/[_-]/g, ' ')}</span>
              <StateMark state={check.status === 'ok' ? 'good' : 'bad'}>{check.status === 'ok' ? 'Works' : 'Fails'}</StateMark>
              {check.detail === undefined ? null : <span className={styles.tileDetail}>{check.detail}</span>}
            </div>
          ))}
    </section>
  )
}
