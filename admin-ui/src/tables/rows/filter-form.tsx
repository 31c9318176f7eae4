import type { TableInfo } from '#admin-api'
import { Button, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { FilterTerm } from '../../app/search.ts'
import { kindOf } from './column-kind.ts'
import styles from './filter-bar.module.css'
import { operatorsFor } from './filter-operators.ts'

/** One condition: column, operator that fits its type, value. */
export function FilterForm({ table, term, onDone }: { table: TableInfo; term: FilterTerm; onDone: (term: FilterTerm) => void }) {
  const [name, setName] = useState(term[0])
  const [operatorId, setOperatorId] = useState(term[1])
  const [value, setValue] = useState(term[2])
  const column = table.columns.find((one) => one.name === name) ?? table.columns[0]
  if (column === undefined) return null
  const operators = operatorsFor(column)
  const operator = operators.find((one) => one.id === operatorId) ?? operators[0]
  const labels = kindOf(column) === 'enum' && operator?.id !== 'in' ? column.enumLabels : undefined
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (operator !== undefined) onDone([column.name, operator.id, operator.takesValue ? value : ''])
      }}
    >
      <div className={styles.pair}>
        <Select
          aria-label="Column"
          searchable
          value={column.name}
          data={table.columns.filter((one) => operatorsFor(one).length > 0).map((one) => one.name)}
          onChange={(next) => {
            setName(next ?? column.name)
            setOperatorId('')
          }}
          comboboxProps={{ withinPortal: false }}
        />
        <Select
          aria-label="Condition"
          value={operator?.id ?? null}
          data={operators.map((one) => ({ value: one.id, label: one.label }))}
          onChange={(next) => setOperatorId(next ?? '')}
          comboboxProps={{ withinPortal: false }}
        />
      </div>
      {operator?.takesValue !== true ? null : labels === undefined ? (
        <TextInput
          aria-label="Value"
          data-autofocus
          placeholder={operator.id === 'in' ? 'Values with commas between' : 'Value'}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      ) : (
        <Select
          aria-label="Value"
          value={value === '' ? null : value}
          data={[...labels]}
          onChange={(next) => setValue(next ?? '')}
          comboboxProps={{ withinPortal: false }}
        />
      )}
      <Button type="submit" size="xs">
        Apply filter
      </Button>
    </form>
  )
}
