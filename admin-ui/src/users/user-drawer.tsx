import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { authAdmin, unwrap } from '../api/sdk.ts'
import { CodeBlock } from '../design/code-block.tsx'
import { ConfirmDialog } from '../design/confirm-dialog.tsx'
import { CopyButton } from '../design/copy-button.tsx'
import { SkeletonRows } from '../design/delayed.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { RelativeTime } from '../design/relative-time.tsx'
import { SideDrawer } from '../design/side-drawer.tsx'
import { StateMark } from '../design/state-mark.tsx'
import { toastDone } from '../design/toast.ts'
import { userState } from './user-state.ts'
import { userQuery } from './user-query.ts'
import styles from './users.module.css'

/** One user in full. */
export function UserDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const found = useQuery(userQuery(id))
  const queries = useQueryClient()
  const [deleting, setDeleting] = useState(false)
  const user = found.data
  const name = user === undefined ? 'User' : user.email || user.phone || 'Anonymous user'
  return (
    <SideDrawer title={name} onClose={onClose}>
      {found.isPending ? (
        <SkeletonRows rows={6} />
      ) : user === undefined ? (
        <ErrorPanel title="The user cannot be shown" error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <>
          <dl className={styles.facts}>
            <dt>User id</dt>
            <dd>
              <code>{user.id}</code>
              <CopyButton value={user.id} label="user id" size={22} />
            </dd>
            <dt>State</dt>
            <dd>
              <StateMark state={userState(user).mark}>{userState(user).word}</StateMark>
            </dd>
            <dt>E-mail</dt>
            <dd>{user.email || 'none'}</dd>
            {user.phone ? (
              <>
                <dt>Phone</dt>
                <dd>{user.phone}</dd>
              </>
            ) : null}
            <dt>Role</dt>
            <dd>{user.role ?? 'authenticated'}</dd>
            <dt>Last sign-in</dt>
            <dd>
              <RelativeTime at={user.last_sign_in_at} />
            </dd>
            <dt>Created</dt>
            <dd>
              <RelativeTime at={user.created_at} />
            </dd>
            <dt>Signs in with</dt>
            <dd>{(user.identities ?? []).map((identity) => String(identity.provider)).join(', ') || 'no identity'}</dd>
          </dl>
          <section className={styles.section}>
            <h3>User metadata</h3>
            <CodeBlock code={JSON.stringify(user.user_metadata ?? {}, null, 2)} label="the user metadata" maxHeight={220} />
          </section>
          <section className={styles.section}>
            <h3>App metadata</h3>
            <CodeBlock code={JSON.stringify(user.app_metadata ?? {}, null, 2)} label="the app metadata" maxHeight={220} />
          </section>
          <div className={styles.danger}>
            <span>Ends every session and deletes the account.</span>
            <Button variant="default" onClick={() => setDeleting(true)}>
              Delete user
            </Button>
          </div>
        </>
      )}
      <ConfirmDialog
        opened={deleting}
        title="Delete user"
        action="Delete user"
        typeToConfirm={name}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await unwrap((await authAdmin()).deleteUser(id))
          toastDone(`${name} deleted`)
          onClose()
          await queries.invalidateQueries({ queryKey: ['users', 'list'] })
        }}
      >
        This deletes the account, its identities and its sessions. Rows that refer to it follow their foreign keys. It cannot be undone.
      </ConfirmDialog>
    </SideDrawer>
  )
}
