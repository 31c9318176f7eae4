import { Button } from '@mantine/core'
import { createLink } from '@tanstack/react-router'

/** A button that leads somewhere: a real link, with typed routes. */
export const ButtonLink = createLink(Button<'a'>)
