import '../design/kit-styles.ts'
import type { ConsoleSession } from '#admin-api'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { admin } from '../api/admin.ts'
import { remember, sessionQuery, setupQuery } from '../api/session.ts'
import { ErrorPanel } from '../design/error-panel.tsx'
import { Door } from './door.tsx'
import styles from './door.module.css'
import { emailFault, newPasswordFault, passwordLengthMin } from './fields.ts'

const route = getRouteApi('/setup')

/** The link carries the token in its fragment, which browsers never send anywhere; older links had it in the query. */
const tokenInFragment = (): string | undefined => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? undefined

/** Makes the owner's account, by the one-time link of a first start. */
export function SetupScreen() {
  const search = route.useSearch()
  const [token] = useState(() => search.token ?? tokenInFragment())
  const router = useRouter()
  const queries = useQueryClient()
  const setup = useQuery(setupQuery)
  useEffect(() => {
    // The token is a secret: it leaves the address bar as soon as it is read.
    if (token !== undefined) window.history.replaceState(window.history.state, '', '/console/setup')
  }, [token])
  const form = useForm({
    initialValues: { email: '', password: '' },
    validateInputOnBlur: true,
    validate: { email: emailFault, password: newPasswordFault },
  })
  const create = useMutation({
    mutationFn: (input: typeof form.values) => admin<ConsoleSession>('POST', '/setup', { body: { ...input, token } }),
    onSuccess: async (session) => {
      queries.setQueryData(sessionQuery.queryKey, remember(session))
      queries.setQueryData(setupQuery.queryKey, { needed: false })
      await router.navigate({ to: '/', replace: true })
    },
  })
  if (setup.data?.needed === false && !create.isSuccess)
    return (
      <Door title="Set-up is done" lead="This server has an owner already.">
        <Button component={Link} to="/sign-in" fullWidth>
          Open sign-in
        </Button>
      </Door>
    )
  if (token === undefined)
    return (
      <Door title="The link is incomplete" lead="Open the whole set-up link that the server printed when it started.">
        <p style={{ color: 'var(--text-dim)' }}>It ends with a one-time token. Restart the server to get a new link.</p>
      </Door>
    )
  return (
    <Door title="Make yourself the owner" lead="One account that may do everything. You can invite colleagues later.">
      <form className={styles.form} onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
        <TextInput label="E-mail" type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
        <PasswordInput
          label="Password"
          description={`At least ${passwordLengthMin} characters`}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        {create.isError ? <ErrorPanel title="The account was not made" error={create.error} /> : null}
        <Button type="submit" fullWidth loading={create.isPending}>
          Create account
        </Button>
      </form>
    </Door>
  )
}
