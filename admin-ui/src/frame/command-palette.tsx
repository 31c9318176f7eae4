import '@mantine/spotlight/styles.layer.css'
import '../design/kit-styles.ts'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, createSpotlight } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconKey, IconKeyboard, IconPlus, IconSearch, IconTable, IconUser } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { schemaQuery } from '../api/schema.ts'
import { usersQuery } from '../users/users-query.ts'
import styles from './command-palette.module.css'
import { sections } from './sections.ts'

const [store, control] = createSpotlight()

/** Ctrl+K: tables, columns, users, pages and actions under one field. */
export default function CommandPalette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const navigate = useNavigate()
  const schema = useQuery(schemaQuery)
  const [query, setQuery] = useState('')
  const [wanted] = useDebouncedValue(query.trim(), 200)
  const users = useQuery({ ...usersQuery({ search: wanted, page: 1 }), enabled: wanted.length >= 2 })
  useEffect(() => control.open(), [])

  const groups = useMemo((): SpotlightActionGroupData[] => {
    const pages: SpotlightActionData[] = [
      ...sections.map(({ to, label, icon: Icon }) => ({
        id: `page-${to}`,
        label,
        leftSection: <Icon size={16} />,
        onClick: () => void navigate({ to }),
      })),
      {
        id: 'page-keys',
        label: 'Keys',
        description: 'API keys and secrets',
        leftSection: <IconKey size={16} />,
        onClick: () => void navigate({ to: '/settings/keys' }),
      },
    ]
    const actions: SpotlightActionData[] = [
      { id: 'new-table', label: 'Create table', leftSection: <IconPlus size={16} />, onClick: () => void navigate({ to: '/tables/new' }) },
      {
        id: 'new-user',
        label: 'Create user',
        leftSection: <IconPlus size={16} />,
        onClick: () => void navigate({ to: '/users', search: { create: true } }),
      },
      { id: 'shortcuts', label: 'Show keyboard shortcuts', leftSection: <IconKeyboard size={16} />, onClick: onShortcuts },
    ]
    const tables: SpotlightActionData[] = (schema.data?.tables ?? []).map((table) => ({
      id: `table-${table.schema}.${table.name}`,
      label: table.schema === 'public' ? table.name : `${table.schema}.${table.name}`,
      description: table.columns.map((column) => column.name).join(', '),
      leftSection: <IconTable size={16} />,
      onClick: () => void navigate({ to: '/tables/$schema/$table', params: { schema: table.schema, table: table.name } }),
    }))
    const people: SpotlightActionData[] = (users.data?.users ?? []).slice(0, 5).map((user) => ({
      id: `user-${user.id}`,
      label: user.email ?? user.phone ?? user.id,
      description: user.id,
      keywords: [wanted],
      leftSection: <IconUser size={16} />,
      onClick: () => void navigate({ to: '/users', search: { user: user.id } }),
    }))
    return [
      { group: 'Pages', actions: pages },
      { group: 'Actions', actions },
      { group: 'Tables', actions: tables },
      { group: 'Users', actions: people },
    ].filter((group) => group.actions.length > 0)
  }, [navigate, onShortcuts, schema.data, users.data, wanted])

  return (
    <Spotlight
      store={store}
      actions={groups}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      nothingFound="Nothing has that name"
      highlightQuery
      scrollable
      centered={false}
      yOffset="14vh"
      classNames={{ action: styles.action, actionsGroup: styles.group }}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      maxHeight={420}
      limit={30}
      size={600}
      searchProps={{
        leftSection: <IconSearch size={16} />,
        placeholder: 'Find a table, page, user or action',
        'aria-label': 'Search the console',
      }}
    />
  )
}
