import {
  IconBrandGraphql,
  IconDatabase,
  IconFolder,
  IconHome,
  IconSettings,
  IconShieldLock,
  IconTable,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'

/** One entry of the rail. `key` is the letter after `g`. */
export interface Section {
  readonly to: '/' | '/tables' | '/sql' | '/graphql' | '/policies' | '/users' | '/storage' | '/settings'
  readonly label: string
  readonly key: string
  readonly icon: Icon
}

export const sections: readonly Section[] = [
  { to: '/', label: 'Home', key: 'h', icon: IconHome },
  { to: '/tables', label: 'Tables', key: 't', icon: IconTable },
  { to: '/sql', label: 'SQL', key: 's', icon: IconDatabase },
  { to: '/graphql', label: 'GraphQL', key: 'q', icon: IconBrandGraphql },
  { to: '/policies', label: 'Policies', key: 'p', icon: IconShieldLock },
  { to: '/users', label: 'Users', key: 'u', icon: IconUsers },
  { to: '/storage', label: 'Storage', key: 'f', icon: IconFolder },
  { to: '/settings', label: 'Settings', key: 'e', icon: IconSettings },
]
