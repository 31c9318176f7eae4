// All routes with what their URLs hold. Every screen is a chunk of its own; only the frame is loaded at once.
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { sessionQuery } from '../api/session.ts'
import { AppFrame } from '../frame/app-frame.tsx'
import { queries } from './queries.ts'
import { RouteFailure, RouteNotFound } from './route-states.tsx'
import { homeSearch, policiesSearch, setupSearch, signInSearch, storageSearch, tableSearch, usersSearch } from './search.ts'

const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet, notFoundComponent: RouteNotFound })

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  validateSearch: setupSearch,
  component: lazyRouteComponent(() => import('../session/setup-screen.tsx'), 'SetupScreen'),
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('../session/sign-in-screen.tsx'), 'SignInScreen'),
})

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  component: AppFrame,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (session === null) throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href } })
  },
})

const homeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  validateSearch: homeSearch,
  component: lazyRouteComponent(() => import('../home/home-screen.tsx'), 'HomeScreen'),
})

const tablesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/tables',
  component: lazyRouteComponent(() => import('../tables/tables-screen.tsx'), 'TablesScreen'),
})
const tablesIndexRoute = createRoute({
  getParentRoute: () => tablesRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../tables/tables-index.tsx'), 'TablesIndex'),
})
const newTableRoute = createRoute({
  getParentRoute: () => tablesRoute,
  path: '/new',
  component: lazyRouteComponent(() => import('../tables/create/create-table-screen.tsx'), 'CreateTableScreen'),
})
const tableRoute = createRoute({
  getParentRoute: () => tablesRoute,
  path: '/$schema/$table',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../tables/table-screen.tsx'), 'TableScreen'),
})

const sqlRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/sql',
  component: lazyRouteComponent(() => import('../sql/sql-screen.tsx'), 'SqlScreen'),
})

const graphqlRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/graphql',
  component: lazyRouteComponent(() => import('../graphql/graphql-screen.tsx'), 'GraphqlScreen'),
})

const policiesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/policies',
  validateSearch: policiesSearch,
  component: lazyRouteComponent(() => import('../policies/policies-screen.tsx'), 'PoliciesScreen'),
})

const usersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/users',
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import('../users/users-screen.tsx'), 'UsersScreen'),
})

const storageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/storage',
  component: lazyRouteComponent(() => import('../storage/storage-screen.tsx'), 'StorageScreen'),
})
const storageIndexRoute = createRoute({
  getParentRoute: () => storageRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../storage/storage-index.tsx'), 'StorageIndex'),
})
const bucketRoute = createRoute({
  getParentRoute: () => storageRoute,
  path: '/$bucket',
  validateSearch: storageSearch,
  component: lazyRouteComponent(() => import('../storage/bucket-screen.tsx'), 'BucketScreen'),
})

const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/settings-screen.tsx'), 'SettingsScreen'),
})
const settingsIndexRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/keys', replace: true })
  },
})
const keysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('../settings/keys-screen.tsx'), 'KeysScreen'),
})
const settingsAreaRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/$area',
  component: lazyRouteComponent(() => import('../settings/area-screen.tsx'), 'AreaScreen'),
})

const routeTree = rootRoute.addChildren([
  setupRoute,
  signInRoute,
  appRoute.addChildren([
    homeRoute,
    tablesRoute.addChildren([tablesIndexRoute, newTableRoute, tableRoute]),
    sqlRoute,
    graphqlRoute,
    policiesRoute,
    usersRoute,
    storageRoute.addChildren([storageIndexRoute, bucketRoute]),
    settingsRoute.addChildren([settingsIndexRoute, keysRoute, settingsAreaRoute]),
  ]),
])

export const router = createRouter({
  routeTree,
  basepath: '/console',
  context: { queries },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: RouteFailure,
  defaultNotFoundComponent: RouteNotFound,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
