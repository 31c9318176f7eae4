export { RestModule, type RestModuleOptions } from './rest.module.ts'
export { sendFrameworkError } from './serve/error-body.ts'
export { restConfig } from './rest.config.ts'
