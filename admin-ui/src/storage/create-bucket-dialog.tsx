import { Button, Modal, NumberInput, Switch, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { sdk, unwrap } from '../api/sdk.ts'
import { ErrorPanel } from '../design/error-panel.tsx'
import { toastDone } from '../design/toast.ts'
import styles from '../users/users.module.css'
import { bucketsQuery } from './storage-queries.ts'

/** A new bucket with its limits. */
export function CreateBucketDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { name: '', public: false, sizeMb: '' as number | string, types: [] as string[] },
    validate: { name: (value) => (/^[^/\\]{1,100}$/.test(value.trim()) ? null : 'Give the bucket a name without slashes') },
  })
  const create = useMutation({
    mutationFn: async (values: typeof form.values) =>
      unwrap(
        (await sdk()).storage.createBucket(values.name.trim(), {
          public: values.public,
          fileSizeLimit: typeof values.sizeMb === 'number' ? Math.round(values.sizeMb * 1_000_000) : null,
          allowedMimeTypes: values.types.length === 0 ? null : values.types,
        }),
      ),
    onSuccess: async (_made, values) => {
      await queries.invalidateQueries({ queryKey: bucketsQuery.queryKey })
      toastDone(`Bucket ${values.name.trim()} created`)
      onClose()
      await navigate({ to: '/storage/$bucket', params: { bucket: values.name.trim() } })
    },
  })
  return (
    <Modal opened onClose={onClose} title="Create bucket" size={440}>
      <form className={styles.form} onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
        <TextInput label="Name" placeholder="avatars" data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <Switch
          size="xs"
          label="Public"
          description="Anyone who knows an address can read that file."
          {...form.getInputProps('public', { type: 'checkbox' })}
        />
        <NumberInput label="Largest file in MB" placeholder="the server's limit" min={0.001} {...form.getInputProps('sizeMb')} />
        <TagsInput
          label="Allowed types"
          placeholder={form.values.types.length === 0 ? 'any, or for example image/*' : ''}
          {...form.getInputProps('types')}
        />
        {create.isError ? <ErrorPanel title="The bucket was not created" error={create.error} /> : null}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create bucket
          </Button>
        </div>
      </form>
    </Modal>
  )
}
