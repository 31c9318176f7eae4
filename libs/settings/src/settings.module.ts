import { Module, type DynamicModule } from '@nestjs/common'
import { LOGGER, type Logger } from '#libs/kernel'
import { PlatformDatabase } from '#libs/postgres'
import { SettingsService, type SettingsOptions } from './settings.service.ts'

/** Options of {@link SettingsModule}: the areas of all libs, and the seeds from PLINTH_SETTINGS_<AREA>. */
export type SettingsModuleOptions = Pick<SettingsOptions, 'areas' | 'seeds' | 'reloadMs'>

/** Gives SettingsService to every module. Needs PlatformDatabase and LOGGER, and the platform's migrations applied. */
@Module({})
export class SettingsModule {
  /** The module with its areas and seeds, global. */
  static register(options: SettingsModuleOptions): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [
        {
          provide: SettingsService,
          inject: [PlatformDatabase, LOGGER],
          useFactory: (database: PlatformDatabase, logger: Logger) => SettingsService.open(database, { ...options, logger }),
        },
      ],
      exports: [SettingsService],
    }
  }
}

/** The seeds in an environment: `PLINTH_SETTINGS_AUTH` is the seed of area `auth`. */
export function seedsOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const prefix = 'PLINTH_SETTINGS_'
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length).toLowerCase(), value]] : [],
    ),
  )
}
