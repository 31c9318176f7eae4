export { SERVICE_ROLE, type Principal } from './principal.ts'
