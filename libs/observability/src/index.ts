export { HealthRegistry, type CheckResult, type HealthCheck, type HealthReport } from './health/health-registry.ts'
export { Metrics, type GaugeReading } from './metrics/metrics.ts'
export { ObservabilityModule, type ObservabilityOptions } from './observability.module.ts'
export { observabilityErrors } from './observability.errors.ts'
