// Wiring only: the composition opens the database (openDatabase) before Nest starts, and hands the instances in.
import { Module, type DynamicModule } from '@nestjs/common'
import { PlatformDatabase } from './pools/platform-database.ts'
import { RequestDatabase } from './pools/request-database.ts'

/** Provides {@link RequestDatabase} and {@link PlatformDatabase} to every module: `@Inject(RequestDatabase)`. */
@Module({})
export class PostgresModule {
  /** The databases are opened before Nest starts, so that a fault is told before anything listens. */
  static register(databases: { readonly request: RequestDatabase; readonly platform: PlatformDatabase }): DynamicModule {
    return {
      module: PostgresModule,
      global: true,
      providers: [
        { provide: RequestDatabase, useValue: databases.request },
        { provide: PlatformDatabase, useValue: databases.platform },
      ],
      exports: [RequestDatabase, PlatformDatabase],
    }
  }
}
