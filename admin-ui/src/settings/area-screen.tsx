import type { SettingsArea } from '#admin-api'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { admin, segments } from '../api/admin.ts'
import { SkeletonRows } from '../design/delayed.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { plural } from '../design/format.ts'
import { toastDone } from '../design/toast.ts'
import { Page } from '../frame/page.tsx'
import { wordsOf } from './field-words.ts'
import { areaQuery } from './settings-queries.ts'
import { SettingField, type FieldSchema } from './setting-field.tsx'
import styles from './settings.module.css'

const route = getRouteApi('/app/settings/$area')

/** One area of settings, drawn from its JSON schema. */
export function AreaScreen() {
  const { area } = route.useParams()
  const settings = useQuery(areaQuery(area))
  return (
    <Page title={wordsOf(area)}>
      {settings.isPending ? (
        <SkeletonRows rows={6} height={56} />
      ) : settings.isError ? (
        <div style={{ padding: 24 }}>
          <ErrorPanel title="The settings cannot be shown" error={settings.error} onRetry={() => void settings.refetch()} />
        </div>
      ) : (
        <AreaForm key={area} settings={settings.data} />
      )}
    </Page>
  )
}

function AreaForm({ settings }: { settings: SettingsArea }) {
  const queries = useQueryClient()
  const [changes, setChanges] = useState<Readonly<Record<string, unknown>>>({})
  const fields = Object.entries((settings.schema.properties ?? {}) as Record<string, FieldSchema>)
  const changed = Object.keys(changes)
  const save = useMutation({
    mutationFn: () => admin<SettingsArea>('PATCH', `/settings${segments(settings.area)}`, { body: changes }),
    onSuccess: (saved) => {
      queries.setQueryData(areaQuery(settings.area).queryKey, saved)
      setChanges({})
      toastDone('Settings saved')
    },
  })
  const set = (name: string, value: unknown) => {
    const { [name]: _before, ...others } = changes
    setChanges(JSON.stringify(value) === JSON.stringify(settings.values[name]) ? others : { ...others, [name]: value })
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      {fields.length === 0 ? <p className={styles.lead}>This area has nothing to set yet.</p> : null}
      {fields.map(([name, schema]) => (
        <SettingField
          key={name}
          name={name}
          schema={schema}
          value={name in changes ? changes[name] : settings.values[name]}
          onChange={(value) => set(name, value)}
        />
      ))}
      {save.isError ? <ErrorPanel title="Nothing was saved" error={save.error} /> : null}
      {changed.length === 0 ? null : (
        <div className={styles.bar}>
          <span className={styles.barText}>{plural(changed.length, 'change')} not saved</span>
          <Button variant="default" onClick={() => setChanges({})}>
            Discard
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save settings
          </Button>
        </div>
      )}
    </form>
  )
}
