import { type DynamicModule, Module } from '@nestjs/common'
import { CLOCK, type Logger, LOGGER, systemClock } from '#libs/kernel'

/** The values that every lib may ask for: logger and clock. */
@Module({})
export class PlatformModule {
  static register(logger: Logger): DynamicModule {
    const providers = [
      { provide: LOGGER, useValue: logger },
      { provide: CLOCK, useValue: systemClock },
    ]
    return { module: PlatformModule, global: true, providers, exports: [LOGGER, CLOCK] }
  }
}
