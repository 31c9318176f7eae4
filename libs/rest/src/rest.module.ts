import { type DynamicModule, Module } from '@nestjs/common'
import { REST_OPTIONS, type RestOptions } from './rest.options.ts'
import { RestRoutes } from './serve/rest.routes.ts'

/** What `register` takes: limits have defaults. */
export type RestModuleOptions = Pick<RestOptions, 'rowsMax' | 'extraSearchPath'> & Partial<RestOptions>

/** Serves /rest/v1. CatalogService, RequestDatabase, PrincipalResolver and LOGGER come from global modules. */
@Module({})
export class RestModule {
  /** Serves the exposed schemas of `options`, the first one by default. */
  static register(options: RestModuleOptions): DynamicModule {
    const value: RestOptions = {
      bodyBytesMax: 10_485_760,
      urlBytesMax: 16_384,
      publicUrl: 'http://127.0.0.1:8000',
      version: '0.0.0',
      ...options,
    }
    return { module: RestModule, providers: [{ provide: REST_OPTIONS, useValue: value }, RestRoutes] }
  }
}
