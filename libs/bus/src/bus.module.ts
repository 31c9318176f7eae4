import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common'
import { LOGGER, type Logger } from '#libs/kernel'
import { InProcessBus } from './drivers/in-process-bus.ts'
import { RedisBus } from './drivers/redis-bus.ts'
import { MessageBus } from './message-bus.ts'

/** Options of {@link BusModule.register}. */
export interface BusModuleOptions {
  /** Without it the bus stays inside the process. */
  readonly redisUrl?: string
}

/** Provides the {@link MessageBus}. Needs the LOGGER to be global. */
@Module({})
export class BusModule implements OnApplicationShutdown {
  constructor(@Inject(MessageBus) private readonly bus: MessageBus) {}

  /** The module with its driver: Redis when there is a URL, else in-process. */
  static register(options: BusModuleOptions): DynamicModule {
    const make = (log: Logger) => (options.redisUrl === undefined ? new InProcessBus(log) : new RedisBus({ url: options.redisUrl }, log))
    return {
      module: BusModule,
      global: true,
      providers: [{ provide: MessageBus, inject: [LOGGER], useFactory: make }],
      exports: [MessageBus],
    }
  }

  /** Closes the bus after everything that may still publish. */
  async onApplicationShutdown(): Promise<void> {
    await this.bus.close()
  }
}
