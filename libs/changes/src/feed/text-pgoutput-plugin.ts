import { PgoutputPlugin, type Pgoutput } from 'pg-logical-replication'

/**
 * Rows beyond this are not told, only that their table has changed: no socket would take them, and beyond 512 MB Node
 * cannot even hold them as text, which would end the process at every start until the slot is gone.
 */
const ROW_BYTES_MAX = 2 * 1024 * 1024
/** Insert, update, delete: followed by the relation's OID. */
const rowTags: ReadonlySet<number> = new Set([0x49, 0x55, 0x44])

/**
 * pgoutput with every value left as Postgres printed it. The driver's parsers would make Dates and floats of them, from
 * which neither the row can be rebuilt for the policies nor the JSON that `to_json` gives.
 */
export class TextPgoutputPlugin extends PgoutputPlugin {
  private readonly relations = new Map<number, Pgoutput.MessageRelation>()

  override parse(buffer: Buffer): Pgoutput.Message {
    if (buffer.length > ROW_BYTES_MAX && rowTags.has(buffer[0]!)) return this.somethingHappened(buffer.readUInt32BE(1))
    const message = super.parse(buffer)
    if (message.tag === 'relation') {
      for (const column of message.columns) column.parser = keepText
      this.relations.set(message.relationOid, message)
    }
    return message
  }

  /** TRUNCATE says what is meant: the table is to be read again. */
  private somethingHappened(relationOid: number): Pgoutput.Message {
    const relation = this.relations.get(relationOid)
    return { tag: 'truncate', cascade: false, restartIdentity: false, relations: relation === undefined ? [] : [relation] }
  }
}

function keepText(text: string): string {
  return text
}
