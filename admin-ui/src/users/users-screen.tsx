import '../design/kit-styles.ts'
import type { User } from '@plinth/client'
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { IconChevronLeft, IconChevronRight, IconPlus, IconSearch, IconUsers } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { projectQuery } from '../api/project.ts'
import { SkeletonRows } from '../design/delayed.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { formatCount, plural } from '../design/format.ts'
import { RelativeTime } from '../design/relative-time.tsx'
import { StateMark } from '../design/state-mark.tsx'
import list from '../design/thing-table.module.css'
import { Page } from '../frame/page.tsx'
import { CreateUserDialog } from './create-user-dialog.tsx'
import { UserDrawer } from './user-drawer.tsx'
import { userState } from './user-state.ts'
import { usersPerPage, usersQuery } from './users-query.ts'
import styles from './users.module.css'

const route = getRouteApi('/app/users')

/** The people who use the owner's app. */
export function UsersScreen() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const page = search.page ?? 1
  const users = useQuery(usersQuery({ search: search.q ?? '', page }))
  const project = useQuery(projectQuery)
  const [wanted, setWanted] = useState(search.q ?? '')
  const field = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => field.current?.focus()]])
  const look = useDebouncedCallback(
    (q: string) => void navigate({ search: (before) => ({ ...before, q: q === '' ? undefined : q, page: undefined }), replace: true }),
    250,
  )
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const total = users.data?.total ?? 0
  const create = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => set({ create: true })}>
      Create user
    </Button>
  )
  return (
    <Page title="Users" scroll={false} actions={create}>
      <div className={styles.bar}>
        <TextInput
          ref={field}
          w={300}
          aria-label="Find a user"
          placeholder="E-mail, phone or user id"
          leftSection={<IconSearch size={14} />}
          value={wanted}
          onChange={(event) => {
            setWanted(event.currentTarget.value)
            look(event.currentTarget.value.trim())
          }}
        />
      </div>
      <div className={styles.list}>
        {users.isPending ? (
          <SkeletonRows height={40} />
        ) : users.isError ? (
          <div style={{ padding: 24 }}>
            <ErrorPanel title="The users cannot be listed" error={users.error} onRetry={() => void users.refetch()} />
          </div>
        ) : users.data.users.length === 0 ? (
          search.q === undefined && page === 1 ? (
            <EmptyState
              icon={<IconUsers size={20} />}
              title="No users yet"
              action={create}
              code={`await plinth.auth.signUp({\n  email: 'ada@example.com',\n  password: '…',\n})`}
              codeLabel="the JavaScript"
            >
              Whoever signs up in your app appears here.{' '}
              {project.data === undefined ? '' : `Sign-up answers at ${project.data.url}/auth/v1.`}
            </EmptyState>
          ) : (
            <EmptyState
              title="Nobody matches"
              action={
                <Button
                  onClick={() => {
                    setWanted('')
                    set({ q: undefined, page: undefined })
                  }}
                >
                  Clear search
                </Button>
              }
            >
              Search by a part of the e-mail address or phone number, or by the whole user id.
            </EmptyState>
          )
        ) : (
          <table className={list.table}>
            <thead>
              <tr>
                <th>User</th>
                <th>State</th>
                <th>Last sign-in</th>
                <th>Created</th>
              </tr>
            </thead>
            <tbody>
              {users.data.users.map((user) => (
                <UserRow key={user.id} user={user} active={search.user === user.id} onOpen={() => set({ user: user.id })} />
              ))}
            </tbody>
          </table>
        )}
      </div>
      {total === 0 ? null : (
        <footer className={styles.footer}>
          <span className={styles.grow}>{plural(total, 'user')}</span>
          <span>
            {formatCount((page - 1) * usersPerPage + 1)} to {formatCount(Math.min(page * usersPerPage, total))}
          </span>
          <ActionIcon aria-label="Previous page" disabled={page <= 1} onClick={() => set({ page: page - 1 <= 1 ? undefined : page - 1 })}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon aria-label="Next page" disabled={page * usersPerPage >= total} onClick={() => set({ page: page + 1 })}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </footer>
      )}
      {search.user === undefined ? null : <UserDrawer key={search.user} id={search.user} onClose={() => set({ user: undefined })} />}
      {search.create === true ? (
        <CreateUserDialog onClose={() => set({ create: undefined })} onCreated={(user) => set({ create: undefined, user: user.id })} />
      ) : null}
    </Page>
  )
}

function UserRow({ user, active, onOpen }: { user: User; active: boolean; onOpen: () => void }) {
  const state = userState(user)
  return (
    <tr className={list.clickable} data-active={active || undefined} onClick={onOpen}>
      <td>
        <button type="button" className={styles.name} onClick={onOpen}>
          {user.email || user.phone || 'Anonymous user'}
        </button>
        <div className={`${list.note} mono`}>{user.id}</div>
      </td>
      <td>
        <StateMark state={state.mark}>{state.word}</StateMark>
      </td>
      <td>
        <RelativeTime at={user.last_sign_in_at} />
      </td>
      <td>
        <RelativeTime at={user.created_at} />
      </td>
    </tr>
  )
}
