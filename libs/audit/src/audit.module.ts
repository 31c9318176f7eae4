import { Module } from '@nestjs/common'
import { AuditLog } from './audit-log.ts'

/** Provides {@link AuditLog}. PlatformDatabase comes from the composition's global PostgresModule. */
@Module({ providers: [AuditLog], exports: [AuditLog] })
export class AuditModule {}
