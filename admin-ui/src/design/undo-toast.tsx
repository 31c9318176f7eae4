import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'

/** Says what was done and offers to undo it for eight seconds. */
export function undoToast(message: string, undo: () => Promise<unknown>): void {
  const id = notifications.show({
    message: (
      <span style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 12 }}>
        {message}
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            notifications.hide(id)
            void undo()
          }}
        >
          Undo
        </Button>
      </span>
    ),
    autoClose: 8000,
  })
}
