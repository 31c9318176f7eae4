export { AuthModule } from './auth.module.ts'
export type { AuthModuleOptions } from './auth.options.ts'
export { authSettings } from './auth.settings.ts'
export { SessionRevocations, type SessionsRevoked } from './sessions/session-revocations.ts'
