import { Menu } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconKey, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { admin } from '../api/admin.ts'
import { forgetSession, sessionQuery } from '../api/session.ts'
import { toastFailed } from '../design/toast.ts'
import styles from './rail.module.css'

/** Who is signed in, the keys, sign out. */
export function AccountMenu({ collapsed }: { collapsed: boolean }) {
  const session = useQuery(sessionQuery)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const email = session.data?.owner.email ?? 'Account'
  const signOut = async () => {
    try {
      await admin('DELETE', '/session')
    } catch (error) {
      toastFailed('Could not sign out', error)
      return
    }
    forgetSession()
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, null)
    await navigate({ to: '/sign-in' })
  }
  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <button type="button" className={styles.item} aria-label={`Account: ${email}`} title={collapsed ? email : undefined}>
          <IconUserCircle size={16} stroke={1.7} aria-hidden />
          <span className={styles.label}>{email}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{email}</Menu.Label>
        <Menu.Item leftSection={<IconKey size={14} />} onClick={() => void navigate({ to: '/settings/keys' })}>
          Keys
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
