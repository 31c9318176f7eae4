// The open documents, kept in this browser.
import { useEffect, useState } from 'react'
import { keep, readKept } from '../editor/kept.ts'
import type { RunRole } from '../run-as/run-as.tsx'

/** One open document. */
export interface Tab {
  readonly id: string
  readonly document: string
  readonly variables: string
  /** The operation that runs, where there are several. */
  readonly operation?: string
}
interface Workspace {
  readonly tabs: readonly Tab[]
  readonly active: string
}

const workspaceKey = 'plinth-graphql-tabs'
const roleKey = 'plinth-graphql-run-as'
const tabsMax = 30

const newTab = (document = '', variables = ''): Tab => ({ id: crypto.randomUUID(), document, variables })

function readWorkspace(): Workspace {
  const kept = readKept(workspaceKey) as Partial<Workspace> | undefined
  const tabs = (Array.isArray(kept?.tabs) ? kept.tabs : []).filter(
    (tab) => typeof tab.id === 'string' && typeof tab.document === 'string' && typeof tab.variables === 'string',
  )
  if (tabs.length === 0) tabs.push(newTab())
  return { tabs, active: tabs.some(({ id }) => id === kept?.active) ? kept!.active : tabs[0]!.id }
}

export function useWorkspace() {
  const [{ tabs, active }, set] = useState(readWorkspace)
  useEffect(() => keep(workspaceKey, { tabs, active }), [tabs, active])
  return {
    tabs,
    tab: tabs.find(({ id }) => id === active) ?? tabs[0]!,
    change: (part: Partial<Omit<Tab, 'id'>>) =>
      set((now) => ({ ...now, tabs: now.tabs.map((tab) => (tab.id === now.active ? { ...tab, ...part } : tab)) })),
    choose: (id: string) => set((now) => ({ ...now, active: id })),
    /** Opens a document beside the others; an empty tab is used first. */
    open: (document = '', variables = '') =>
      set((now) => {
        const tab = newTab(document, variables)
        const kept = now.tabs.filter((one) => document === '' || one.document.trim() !== '').slice(1 - tabsMax)
        return { tabs: [...kept, tab], active: tab.id }
      }),
    close: (id: string) =>
      set((now) => {
        const at = now.tabs.findIndex((tab) => tab.id === id)
        const kept = now.tabs.filter((tab) => tab.id !== id)
        if (kept.length === 0) kept.push(newTab())
        return { tabs: kept, active: now.active === id ? kept[Math.min(at, kept.length - 1)]!.id : now.active }
      }),
  }
}

/** The role that was chosen last; everything, until one is. */
export function useRunRole(): [RunRole, (role: RunRole) => void] {
  const [value, set] = useState((): RunRole => {
    const kept = readKept(roleKey) as RunRole | undefined
    return typeof kept?.role === 'string' && typeof kept.claims === 'object' ? kept : { role: 'service_role', claims: {} }
  })
  return [
    value,
    (role) => {
      keep(roleKey, role)
      set(role)
    },
  ]
}
