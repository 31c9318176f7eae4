import { type DynamicModule, Module } from '@nestjs/common'
import { CATALOG_OPTIONS, type CatalogOptions, CatalogService } from './catalog.service.ts'

/** Provides {@link CatalogService}. PlatformDatabase, LOGGER and CLOCK come from global modules of the composition. */
@Module({})
export class CatalogModule {
  /** One catalog for the whole composition. `options` say which schemas it reads and how often it looks. */
  static register(options: CatalogOptions): DynamicModule {
    return {
      module: CatalogModule,
      global: true,
      providers: [{ provide: CATALOG_OPTIONS, useValue: options }, CatalogService],
      exports: [CatalogService],
    }
  }
}
