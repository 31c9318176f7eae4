// Messages of pgoutput -> row changes with cursors. Everything behind a `begin` is committed already, so rows are
// passed on one by one: a transaction of a million rows is never held in memory as a whole.
import type { Pgoutput } from 'pg-logical-replication'
import { comparePositions, formatCursor, parseLsn, type FeedPosition } from './cursor.ts'
import { tableIdOf, type ChangedRelation, type FeedMessage, type RowChange, type RowText } from './row-change.ts'

/** What comes out of the decoder, in commit order. */
export type DecodedEvent =
  | { readonly kind: 'change'; readonly change: RowChange }
  | { readonly kind: 'message'; readonly message: FeedMessage; readonly position: FeedPosition }
  | { readonly kind: 'relation'; readonly relation: ChangedRelation }
  | { readonly kind: 'commit'; readonly position: FeedPosition; readonly endLsn: bigint; readonly commitTimeMs: number }

/**
 * Decodes one connection's messages. `resumeAfter` is the last change that was passed on: after a broken connection
 * Postgres sends whole transactions again, and what is not after it is dropped here.
 */
export class TransactionDecoder {
  private lsn = 0n
  private seq = 0
  private commitTimeMs = 0
  private xid = 0
  private readonly relations = new Map<Pgoutput.MessageRelation, ChangedRelation>()

  constructor(
    private readonly epoch: string,
    private readonly resumeAfter: FeedPosition,
    private readonly emit: (event: DecodedEvent) => void,
  ) {}

  /** Takes the next message. */
  accept(message: Pgoutput.Message): void {
    switch (message.tag) {
      case 'begin':
        this.lsn = lsnOf(message.commitLsn)
        this.seq = 0
        this.commitTimeMs = Number(message.commitTime) / 1000
        this.xid = message.xid
        return
      case 'relation':
        return this.emit({ kind: 'relation', relation: this.relationOf(message) })
      case 'insert':
        return this.row('insert', message.relation, message.new, null, null)
      case 'update':
        return this.row('update', message.relation, message.new, message.old, message.key)
      case 'delete':
        return this.row('delete', message.relation, null, message.old, message.key)
      case 'truncate':
        for (const relation of message.relations.filter(Boolean)) this.row('truncate', relation, null, null, null)
        return
      case 'message':
        if (this.isNew({ lsn: this.lsn, seq: this.seq }) || !message.transactional) {
          this.emit({ kind: 'message', message, position: { lsn: this.lsn, seq: this.seq } })
        }
        return
      case 'commit':
        return this.emit({
          kind: 'commit',
          position: { lsn: this.lsn, seq: this.seq },
          endLsn: lsnOf(message.commitEndLsn),
          commitTimeMs: this.commitTimeMs,
        })
    }
  }

  private row(
    type: RowChange['type'],
    relation: Pgoutput.MessageRelation,
    newRow: RowText | null,
    old: RowText | null,
    key: RowText | null,
  ): void {
    const position = { lsn: this.lsn, seq: this.seq++ }
    if (!this.isNew(position)) return
    const change: RowChange = {
      type,
      position,
      cursor: formatCursor(this.epoch, position),
      commitTimeMs: this.commitTimeMs,
      xid: this.xid,
      relation: this.relationOf(relation),
      new: newRow,
      old,
      key,
      bytes: 300 + sizeOf(newRow) + sizeOf(old) + sizeOf(key),
    }
    this.emit({ kind: 'change', change })
  }

  private isNew(position: FeedPosition): boolean {
    return comparePositions(position, this.resumeAfter) > 0
  }

  private relationOf(message: Pgoutput.MessageRelation): ChangedRelation {
    let relation = this.relations.get(message)
    if (relation === undefined) {
      relation = {
        oid: message.relationOid,
        tableId: tableIdOf(message.schema, message.name),
        schema: message.schema,
        name: message.name,
        replicaIdentity: message.replicaIdentity,
        columns: message.columns.map(({ name, typeOid }) => ({ name, typeOid })),
      }
      for (const known of this.relations.keys()) if (known.relationOid === message.relationOid) this.relations.delete(known)
      this.relations.set(message, relation)
    }
    return relation
  }
}

function lsnOf(text: string | null): bigint {
  const lsn = text === null ? undefined : parseLsn(text)
  if (lsn === undefined) throw new Error('pgoutput sent a position that is no LSN')
  return lsn
}

function sizeOf(row: RowText | null): number {
  let bytes = 0
  for (const name in row) bytes += 48 + 2 * (row[name]?.length ?? 0)
  return bytes
}
