export { defineSettings, type SettingsArea, type SettingsFault } from './settings-area.ts'
export { seedsOf, SettingsModule, type SettingsModuleOptions } from './settings.module.ts'
export { SettingsService, type SettingsDescription, type SettingsOptions } from './settings.service.ts'
