import type { ColumnInfo, TableInfo } from '#admin-api'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { formatBytes } from '../../design/format.ts'
import { StateMark } from '../../design/state-mark.tsx'
import { Tag } from '../../design/tag.tsx'
import list from '../../design/thing-table.module.css'
import { shortType } from '../rows/column-kind.ts'
import { formatRows } from '../row-count.ts'
import { AddColumnDialog } from './add-column-dialog.tsx'
import { EditColumnDialog } from './edit-column-dialog.tsx'
import styles from './definition.module.css'
import { CommentDialog, DropColumnDialog, DropTableDialog, RenameTableDialog, RowSecurityDialog } from './table-dialogs.tsx'

type Open = { kind: 'add' | 'rename' | 'comment' | 'security' | 'drop' } | { kind: 'edit' | 'drop-column'; column: ColumnInfo }

/** Columns, keys and access of a table, each with the change that fits it. */
export function DefinitionTab({ table }: { table: TableInfo }) {
  const [open, setOpen] = useState<Open | undefined>(undefined)
  const close = () => setOpen(undefined)
  const changeable = table.kind === 'table' || table.kind === 'partitioned_table'
  return (
    <div className={styles.page}>
      <section className={styles.facts} aria-label="About the table">
        <p className={styles.comment}>
          {table.comment ?? <span className={styles.none}>No comment. It would appear in the API's documentation.</span>}
        </p>
        <dl className={styles.pairs}>
          <div>
            <dt>Rows</dt>
            <dd>{table.estimatedRows > 0 ? formatRows(table.estimatedRows, false) : 'not estimated yet'}</dd>
          </div>
          <div>
            <dt>Size</dt>
            <dd>{formatBytes(table.sizeBytes)}</dd>
          </div>
          <div>
            <dt>Row-level security</dt>
            <dd>{table.rowSecurity ? <StateMark state="good">On</StateMark> : <StateMark state="warn">Off</StateMark>}</dd>
          </div>
        </dl>
        {changeable ? (
          <div className={styles.tools}>
            <Button variant="default" size="xs" onClick={() => setOpen({ kind: 'rename' })}>
              Rename table
            </Button>
            <Button variant="default" size="xs" onClick={() => setOpen({ kind: 'comment' })}>
              Edit comment
            </Button>
            <Button variant="default" size="xs" onClick={() => setOpen({ kind: 'security' })}>
              {table.rowSecurity ? 'Switch row-level security off' : 'Switch row-level security on'}
            </Button>
          </div>
        ) : null}
      </section>
      {table.warnings.map((warning) => (
        <p key={warning} className={styles.warning}>
          <StateMark state="warn">Warning</StateMark> {warning}
        </p>
      ))}
      <div className={styles.sectionHead}>
        <h2>Columns</h2>
        {changeable ? (
          <Button variant="default" size="xs" leftSection={<IconPlus size={13} />} onClick={() => setOpen({ kind: 'add' })}>
            Add column
          </Button>
        ) : null}
      </div>
      <div className={styles.frame}>
        <table className={list.table}>
          <thead>
            <tr>
              <th>Name</th>
              <th>Type</th>
              <th>Default</th>
              <th>Constraints</th>
              <th aria-label="Change" />
            </tr>
          </thead>
          <tbody>
            {table.columns.map((column) => (
              <tr key={column.name}>
                <td>
                  <span className={list.name}>{column.name}</span>
                  {column.comment === null ? null : <div className={list.note}>{column.comment}</div>}
                </td>
                <td className="mono">{shortType(column.type)}</td>
                <td className="mono">
                  {column.generated === 'no' ? (column.default ?? '') : column.generated === 'stored' ? `= ${column.default}` : 'counts up'}
                </td>
                <td>
                  <span className={styles.tags}>
                    <ConstraintTags table={table} column={column} />
                  </span>
                </td>
                <td className={list.number}>
                  {changeable ? (
                    <Menu>
                      <Menu.Target>
                        <ActionIcon aria-label={`Change column ${column.name}`}>
                          <IconDots size={15} />
                        </ActionIcon>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item leftSection={<IconPencil size={14} />} onClick={() => setOpen({ kind: 'edit', column })}>
                          Edit column
                        </Menu.Item>
                        <Menu.Item
                          color="red"
                          leftSection={<IconTrash size={14} />}
                          onClick={() => setOpen({ kind: 'drop-column', column })}
                        >
                          Drop column
                        </Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {changeable ? (
        <section className={styles.danger} aria-label="Drop the table">
          <div>
            <h3>Drop this table</h3>
            <p>
              Deletes {table.estimatedRows > 0 ? formatRows(table.estimatedRows, false) : 'its rows'}, its policies and its indexes. It
              cannot be undone.
            </p>
          </div>
          <Button variant="default" onClick={() => setOpen({ kind: 'drop' })}>
            Drop table
          </Button>
        </section>
      ) : null}
      {open?.kind === 'add' ? <AddColumnDialog table={table} onClose={close} /> : null}
      {open?.kind === 'edit' ? <EditColumnDialog table={table} column={open.column} onClose={close} /> : null}
      {open?.kind === 'drop-column' ? <DropColumnDialog table={table} column={open.column} onClose={close} /> : null}
      {open?.kind === 'rename' ? <RenameTableDialog table={table} onClose={close} /> : null}
      {open?.kind === 'comment' ? <CommentDialog table={table} onClose={close} /> : null}
      {open?.kind === 'security' ? <RowSecurityDialog table={table} onClose={close} /> : null}
      {open?.kind === 'drop' ? <DropTableDialog table={table} onClose={close} /> : null}
    </div>
  )
}

function ConstraintTags({ table, column }: { table: TableInfo; column: ColumnInfo }) {
  const reference = table.foreignKeys.find((key) => key.columns.includes(column.name))
  const unique = table.uniqueKeys.some((key) => key.columns.length === 1 && key.columns[0] === column.name)
  return (
    <>
      {table.primaryKey.includes(column.name) ? <Tag tone="accent">primary key</Tag> : null}
      {column.nullable || table.primaryKey.includes(column.name) ? null : <Tag>not null</Tag>}
      {unique ? <Tag>unique</Tag> : null}
      {reference === undefined ? null : (
        <Tag>
          references {reference.target.table}.{reference.target.columns.join(', ')}
        </Tag>
      )}
    </>
  )
}
