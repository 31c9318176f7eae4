import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { sections } from './sections.ts'

const waitMs = 1200

/** `g` and then a letter goes to a section. */
export function useSectionKeys(): void {
  const navigate = useNavigate()
  useEffect(() => {
    let armedUntil = 0
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
      if (event.key === 'g') {
        armedUntil = Date.now() + waitMs
        return
      }
      if (Date.now() > armedUntil) return
      armedUntil = 0
      const section = sections.find((one) => one.key === event.key)
      if (section === undefined) return
      event.preventDefault()
      void navigate({ to: section.to })
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate])
}
