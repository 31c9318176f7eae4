import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'

/** A screen that could not be drawn. */
export function RouteFailure({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div style={{ padding: 24, maxWidth: 720 }}>
      <ErrorPanel title="This screen could not be shown" error={error} onRetry={reset} />
    </div>
  )
}

/** An address that leads nowhere. */
export function RouteNotFound() {
  return (
    <EmptyState
      title="Nothing is here"
      action={
        <Button component={Link} to="/">
          Open home
        </Button>
      }
    >
      The address leads to no screen of the console.
    </EmptyState>
  )
}
