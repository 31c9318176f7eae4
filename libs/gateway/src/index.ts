export { installRequestFrame, requestIdOf, type AnsweredRequest, type RequestFrameOptions } from './request-frame.ts'
export { asAppError, PlatformErrorFilter, renderPlatformError } from './platform-error.ts'
export { OpenConnections } from './open-connections.ts'
export { gatewayErrors } from './gateway.errors.ts'
