import { JsonInput, NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { wordsOf } from './field-words.ts'
import styles from './settings.module.css'

/** The part of JSON Schema that settings use. */
export interface FieldSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: FieldSchema
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly anyOf?: readonly FieldSchema[]
}

/** One setting with the control that its type asks for. */
export function SettingField({
  name,
  schema,
  value,
  onChange,
}: {
  name: string
  schema: FieldSchema
  value: unknown
  onChange: (value: unknown) => void
}) {
  const plain = schema.anyOf?.find((one) => one.type !== 'null') ?? schema
  const type = Array.isArray(plain.type) ? plain.type.find((one: string) => one !== 'null') : plain.type
  const label = wordsOf(name)
  const description = schema.description ?? plain.description
  if (plain.enum !== undefined)
    return (
      <Select
        label={label}
        description={description}
        value={value === null || value === undefined ? null : String(value)}
        data={plain.enum.map(String)}
        onChange={(next) => onChange(plain.enum?.find((one) => String(one) === next))}
      />
    )
  if (type === 'boolean')
    return (
      <Switch
        label={label}
        description={description}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    )
  if (type === 'integer' || type === 'number')
    return (
      <NumberInput
        label={label}
        description={description}
        allowDecimal={type === 'number'}
        min={plain.minimum}
        max={plain.maximum !== undefined && plain.maximum < Number.MAX_SAFE_INTEGER ? plain.maximum : undefined}
        thousandSeparator=" "
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      />
    )
  if (type === 'array' && (plain.items?.type === 'string' || plain.items?.type === undefined))
    return <TagsInput label={label} description={description} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />
  if (type === 'object' && plain.properties !== undefined) {
    const values = (value ?? {}) as Record<string, unknown>
    return (
      <fieldset className={styles.group}>
        <legend>{label}</legend>
        {description === undefined ? null : <p className={styles.lead}>{description}</p>}
        {Object.entries(plain.properties).map(([key, inner]) => (
          <SettingField key={key} name={key} schema={inner} value={values[key]} onChange={(next) => onChange({ ...values, [key]: next })} />
        ))}
      </fieldset>
    )
  }
  if (type === 'string')
    return (
      <TextInput
        label={label}
        description={description}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  return <JsonField label={label} description={description} value={value} onChange={onChange} />
}

/** Anything else, as JSON. */
function JsonField({
  label,
  description,
  value,
  onChange,
}: {
  label: string
  description: string | undefined
  value: unknown
  onChange: (value: unknown) => void
}) {
  const [text, setText] = useState(() => JSON.stringify(value ?? null, null, 2))
  const [fault, setFault] = useState<string | undefined>(undefined)
  return (
    <JsonInput
      label={label}
      description={description}
      autosize
      minRows={2}
      value={text}
      error={fault}
      styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12.5 } }}
      onChange={(next) => {
        setText(next)
        try {
          onChange(JSON.parse(next))
          setFault(undefined)
        } catch (error) {
          setFault((error as Error).message)
        }
      }}
    />
  )
}
