import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { wantToasts } from './toasts-wanted.ts'

/** Says what was done and offers to undo it for eight seconds. */
export function undoToast(message: string, undo: () => Promise<unknown>): void {
  wantToasts()
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
