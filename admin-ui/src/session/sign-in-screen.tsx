import '../design/kit-styles.ts'
import type { ConsoleSession } from '#admin-api'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { admin } from '../api/admin.ts'
import { remember, sessionQuery, setupQuery } from '../api/session.ts'
import { ErrorPanel } from '../design/error-panel.tsx'
import { Door } from './door.tsx'
import styles from './door.module.css'
import { emailFault } from './fields.ts'

const route = getRouteApi('/sign-in')

/** Sign-in with e-mail and password; leads back to where the session ended. */
export function SignInScreen() {
  const { next } = route.useSearch()
  const router = useRouter()
  const queries = useQueryClient()
  const setup = useQuery(setupQuery)
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: emailFault, password: (value) => (value === '' ? 'Enter the password' : null) },
  })
  const signIn = useMutation({
    mutationFn: (input: typeof form.values) => admin<ConsoleSession>('POST', '/session', { body: input }),
    onSuccess: async (session) => {
      queries.setQueryData(sessionQuery.queryKey, remember(session))
      // Only paths of the console itself: `next` comes from the address bar.
      if (next?.startsWith('/') === true && !next.startsWith('//')) router.history.push(`/console${next === '/' ? '/' : next}`)
      else await router.navigate({ to: '/' })
    },
  })
  if (setup.data?.needed === true)
    return (
      <Door title="This server has no owner yet" lead="Open the set-up link that the server printed when it started. It works once.">
        <p style={{ color: 'var(--text-dim)' }}>
          The link begins with <code>{window.location.origin}/console/setup</code>. Restart the server to get a new one.
        </p>
      </Door>
    )
  return (
    <Door
      title="Sign in"
      foot={
        <>
          Password lost? Start the server with <code>PLINTH_OWNER_EMAIL</code> and <code>PLINTH_OWNER_PASSWORD</code> set.
        </>
      }
    >
      <form className={styles.form} onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
        <TextInput label="E-mail" type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
        <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
        {signIn.isError ? <ErrorPanel title="Not signed in" error={signIn.error} /> : null}
        <Button type="submit" fullWidth loading={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </Door>
  )
}
