import { Page } from '../frame/page.tsx'
import { Checklist } from './checklist.tsx'
import { ConnectionCard } from './connection-card.tsx'
import { DatabaseFacts } from './database-facts.tsx'
import { HealthTiles } from './health-tiles.tsx'
import styles from './home.module.css'
import { RecentRequests } from './recent-requests.tsx'

/** How the project is, how to connect to it, what to do next. */
export function HomeScreen() {
  return (
    <Page title="Home" actions={<DatabaseFacts />}>
      <div className={styles.page}>
        <HealthTiles />
        <div className={styles.columns}>
          <div className={styles.column}>
            <ConnectionCard />
            <RecentRequests />
          </div>
          <div className={`${styles.column} ${styles.next}`}>
            <Checklist />
          </div>
        </div>
      </div>
    </Page>
  )
}
