import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { schemaQuery } from '../../api/schema.ts'
import { typeChoices } from './column-types.ts'

/** A type: one of the usual ones, one of the database's enums, or any that is typed. */
export function TypeSelect({
  value,
  onChange,
  label,
  disabled,
  ariaLabel,
}: {
  value: string
  onChange: (type: string) => void
  label?: string
  disabled?: boolean
  ariaLabel?: string
}) {
  const { data: schema } = useQuery(schemaQuery)
  const [typed, setTyped] = useState('')
  const wanted = typed.trim()
  const groups = typeChoices(schema?.enums ?? [], value)
  const unknown = wanted !== '' && !groups.some((group) => group.items.some((item) => item.value === wanted || item.label.includes(wanted)))
  return (
    <Select
      label={label}
      aria-label={ariaLabel}
      searchable
      disabled={disabled}
      value={value}
      data={unknown ? [...groups, { group: 'Other', items: [{ value: wanted, label: wanted }] }] : groups}
      onSearchChange={setTyped}
      onChange={(next) => onChange(next ?? value)}
      maxDropdownHeight={320}
      styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12.5 } }}
    />
  )
}
