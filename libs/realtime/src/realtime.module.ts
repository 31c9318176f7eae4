import { Module, type DynamicModule } from '@nestjs/common'
import { RealtimeGateway } from './realtime.gateway.ts'
import { REALTIME_OPTIONS, type RealtimeOptions } from './realtime.options.ts'
import { RealtimeStats } from './realtime-stats.ts'

/**
 * The socket.io endpoint `/realtime/v1/socket.io`. Needs ChangesModule, BusModule, IdentityModule and the LOGGER to be global,
 * and the application to use Nest's IoAdapter (`app.useWebSocketAdapter(new IoAdapter(app))`).
 */
@Module({})
export class RealtimeModule {
  /** The module with its limits. */
  static register(options: RealtimeOptions = {}): DynamicModule {
    return {
      module: RealtimeModule,
      providers: [RealtimeGateway, RealtimeStats, { provide: REALTIME_OPTIONS, useValue: options }],
      exports: [RealtimeGateway, RealtimeStats],
    }
  }
}
