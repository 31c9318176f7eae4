import '../design/kit-styles.ts'
import { Menu, useMantineColorScheme } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconCheck, IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { admin } from '../api/admin.ts'
import { forgetSession, sessionQuery } from '../api/session.ts'
import { toastFailed } from '../design/toast.ts'

const schemes = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'System', icon: IconDeviceDesktop },
] as const

/** The two menus at the foot of the rail, loaded when one is opened. */
export default function RailMenu({
  kind,
  anchor,
  onClose,
}: {
  kind: 'theme' | 'account'
  anchor: RefObject<HTMLButtonElement | null>
  onClose: () => void
}) {
  return (
    <Menu
      opened
      position="right-end"
      width={210}
      onClose={() => {
        onClose()
        anchor.current?.focus()
      }}
    >
      <Menu.Target>
        <span style={{ position: 'absolute', inset: 0, pointerEvents: 'none' }} />
      </Menu.Target>
      <Menu.Dropdown>{kind === 'theme' ? <ThemeItems /> : <AccountItems />}</Menu.Dropdown>
    </Menu>
  )
}

function ThemeItems() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return schemes.map(({ value, label, icon: Icon }) => (
    <Menu.Item
      key={value}
      leftSection={<Icon size={14} />}
      rightSection={value === colorScheme ? <IconCheck size={14} aria-label="in use" /> : null}
      onClick={() => setColorScheme(value)}
    >
      {label}
    </Menu.Item>
  ))
}

function AccountItems() {
  const session = useQuery(sessionQuery)
  const queries = useQueryClient()
  const navigate = useNavigate()
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
    <>
      <Menu.Label>{session.data?.owner.email}</Menu.Label>
      <Menu.Item leftSection={<IconKey size={14} />} onClick={() => void navigate({ to: '/settings/keys' })}>
        Keys
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => void signOut()}>
        Sign out
      </Menu.Item>
    </>
  )
}
