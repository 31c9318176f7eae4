import { useQuery } from '@tanstack/react-query'
import { requestsQuery } from '../api/project.ts'
import { CopyButton } from '../design/copy-button.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { formatDuration } from '../design/format.ts'
import { RelativeTime } from '../design/relative-time.tsx'
import { Tag } from '../design/tag.tsx'
import styles from './home.module.css'

const shown = 12

/** The last requests over the APIs, refreshed every three seconds. */
export function RecentRequests() {
  const requests = useQuery(requestsQuery)
  return (
    <section className={styles.section} aria-label="Recent requests">
      <div className={styles.sectionHead}>
        <h2>Recent requests</h2>
      </div>
      {requests.isError ? (
        <ErrorPanel title="The requests cannot be shown" error={requests.error} onRetry={() => void requests.refetch()} />
      ) : (
        <div className={styles.requests}>
          <table className={styles.requestTable}>
            <thead>
              <tr>
                <th style={{ width: 96 }}>Status</th>
                <th>Request</th>
                <th style={{ width: 116 }}>Role</th>
                <th style={{ width: 76 }} className={styles.number}>
                  Time
                </th>
                <th style={{ width: 140 }} className={styles.number}>
                  When
                </th>
                <th style={{ width: 44 }} aria-label="Request id" />
              </tr>
            </thead>
            <tbody>
              {(requests.data ?? []).slice(0, shown).map((request) => (
                <tr key={request.requestId + request.at}>
                  <td>
                    <Tag tone={request.status >= 500 ? 'bad' : request.status >= 400 ? 'warn' : 'good'}>
                      {request.status} {request.status >= 500 ? 'failed' : request.status >= 400 ? 'refused' : 'ok'}
                    </Tag>
                  </td>
                  <td className="mono" title={request.path}>
                    {request.method} {request.path}
                  </td>
                  <td>{request.role}</td>
                  <td className={styles.number}>{formatDuration(request.durationMs)}</td>
                  <td className={styles.number}>
                    <RelativeTime at={request.at} />
                  </td>
                  <td style={{ padding: '0 8px' }}>
                    <CopyButton value={request.requestId} label="request id" size={22} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {requests.data?.length === 0 ? (
            <p className={styles.quiet}>No request has come in yet. The first one appears here within seconds.</p>
          ) : null}
        </div>
      )}
    </section>
  )
}
