import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { whenSignedOut } from '../api/admin.ts'
import { forgetSession } from '../api/session.ts'
import { colourScheme } from '../design/colour-scheme.ts'
import { useToastsWanted } from '../design/toasts-wanted.ts'
import { cssVariables, theme } from '../design/theme.ts'
import { queries } from './queries.ts'
import { router } from './router.tsx'

// With the first message, which waits in its store meanwhile.
const Toasts = lazy(() => import('../design/toasts.tsx'))

/** Providers around the router. A session that ends anywhere leads to the sign-in page, and back to where one was. */
export function App() {
  const toasts = useToastsWanted()
  useEffect(
    () =>
      whenSignedOut(() => {
        forgetSession()
        queries.setQueryData(['session'], null)
        const { pathname, href } = router.state.location
        if (pathname !== '/sign-in' && pathname !== '/setup') void router.navigate({ to: '/sign-in', search: { next: href } })
      }),
    [],
  )
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} colorSchemeManager={colourScheme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Suspense>{toasts ? <Toasts /> : null}</Suspense>
      </QueryClientProvider>
    </MantineProvider>
  )
}
