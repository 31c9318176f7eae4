import { type DynamicModule, Module } from '@nestjs/common'
import { HealthController } from './health/health.controller.ts'
import { HealthRegistry } from './health/health-registry.ts'
import { MetricsController } from './metrics/metrics.controller.ts'
import { Metrics } from './metrics/metrics.ts'

/** What the composition hands in: both are made before the application, so that start-up itself can use them. */
export interface ObservabilityOptions {
  readonly health: HealthRegistry
  readonly metrics: Metrics
}

/** `/health/live`, `/health/ready`, `/metrics`. Needs PrincipalResolver from a global module. */
@Module({})
export class ObservabilityModule {
  /** What to watch comes from the composition: this lib knows none of the others. */
  static register(options: ObservabilityOptions): DynamicModule {
    return {
      module: ObservabilityModule,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: HealthRegistry, useValue: options.health },
        { provide: Metrics, useValue: options.metrics },
      ],
      exports: [HealthRegistry, Metrics],
    }
  }
}
