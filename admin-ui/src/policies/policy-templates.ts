import type { OpenTableInput, TableInfo } from '#admin-api'

/** The ways to open a table in one step. */
export const policyTemplates: readonly { value: OpenTableInput['template']; label: string; meaning: string; needsOwner: boolean }[] = [
  { value: 'everyone_reads', label: 'Everyone may read', meaning: 'Anyone reads all rows. Nobody writes.', needsOwner: false },
  {
    value: 'signed_in_reads',
    label: 'Signed-in users may read',
    meaning: 'Any signed-in user reads all rows. Nobody writes.',
    needsOwner: false,
  },
  { value: 'owner_only', label: 'Owners only', meaning: 'A signed-in user reads and writes the rows that are theirs.', needsOwner: true },
  {
    value: 'everyone_reads_owner_writes',
    label: 'Everyone reads, owners write',
    meaning: 'Anyone reads all rows; a signed-in user writes those that are theirs.',
    needsOwner: true,
  },
]

/** Columns that can hold a row's owner: uuid, the likeliest first. */
export function ownerColumns(table: TableInfo): string[] {
  const likely = /^(user|owner|author|profile|account|created_by)/
  return table.columns
    .filter((column) => column.type === 'uuid')
    .map((column) => column.name)
    .sort(
      (a, b) =>
        Number(likely.test(b)) - Number(likely.test(a)) || Number(table.primaryKey.includes(a)) - Number(table.primaryKey.includes(b)),
    )
}
