export { RestModule, type RestModuleOptions } from './rest.module.ts'
export { restConfig } from './rest.config.ts'
