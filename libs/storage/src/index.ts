export { StorageModule, type StorageModuleOptions } from './storage.module.ts'
export { storageErrors } from './storage.errors.ts'
export { storageSettings } from './storage.settings.ts'
