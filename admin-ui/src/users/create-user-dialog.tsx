import type { User } from '@plinth/client'
import { Button, Modal, PasswordInput, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { authAdmin, unwrap } from '../api/sdk.ts'
import { ErrorPanel } from '../design/error-panel.tsx'
import { toastDone } from '../design/toast.ts'
import { emailFault } from '../session/fields.ts'
import styles from './users.module.css'

/** An account made by the owner. */
export function CreateUserDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (user: User) => void }) {
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { email: '', password: '', confirmed: true },
    validate: { email: emailFault, password: (value) => (value.length >= 8 ? null : 'Use at least 8 characters') },
  })
  const create = useMutation({
    mutationFn: async ({ email, password, confirmed }: typeof form.values) =>
      (await unwrap((await authAdmin()).createUser({ email, password, email_confirm: confirmed }))).user,
    onSuccess: async (user) => {
      await queries.invalidateQueries({ queryKey: ['users', 'list'] })
      toastDone(`${user.email ?? 'The user'} created`)
      onCreated(user)
    },
  })
  return (
    <Modal opened onClose={onClose} title="Create user" size={440}>
      <form className={styles.form} onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
        <TextInput label="E-mail" type="email" autoComplete="off" data-autofocus {...form.getInputProps('email')} />
        <PasswordInput label="Password" autoComplete="new-password" {...form.getInputProps('password')} />
        <Switch
          size="xs"
          label="E-mail is confirmed"
          description="Off: the user has to confirm the address before the first sign-in."
          {...form.getInputProps('confirmed', { type: 'checkbox' })}
        />
        {create.isError ? <ErrorPanel title="The user was not created" error={create.error} /> : null}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create user
          </Button>
        </div>
      </form>
    </Modal>
  )
}
