import '../design/kit-styles.ts'
import { Outlet } from '@tanstack/react-router'
import { Split } from '../frame/split.tsx'
import { TableList } from './list/table-list.tsx'

/** The list of tables and the chosen one. */
export function TablesScreen() {
  return (
    <Split name="tables" label="Tables" list={<TableList />}>
      <Outlet />
    </Split>
  )
}
