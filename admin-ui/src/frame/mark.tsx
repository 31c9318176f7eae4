/** The product's mark: a lintel on a base. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden style={{ flex: 'none' }}>
      <rect width="24" height="24" rx="6" fill="var(--accent)" />
      <path d="M6 7.5h12M8.5 7.5v7m7-7v7M5 17.5h14" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="round" fill="none" />
    </svg>
  )
}
