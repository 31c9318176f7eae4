import '@mantine/core/styles/Notification.layer.css'
import '@mantine/notifications/styles.layer.css'
import { Notifications } from '@mantine/notifications'

/** Where short messages appear: above the middle, where no action of the page is covered. */
export default function Toasts() {
  return <Notifications position="top-center" limit={4} w={380} />
}
