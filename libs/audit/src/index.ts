export { AuditLog, type AuditEntry, type AuditRecord } from './audit-log.ts'
export { AuditModule } from './audit.module.ts'
