import { PgoutputPlugin, type Pgoutput } from 'pg-logical-replication'

/**
 * pgoutput with every value left as Postgres printed it. The driver's parsers would make Dates and floats of them, from
 * which neither the row can be rebuilt for the policies nor the JSON that `to_json` gives.
 */
export class TextPgoutputPlugin extends PgoutputPlugin {
  override parse(buffer: Buffer): Pgoutput.Message {
    const message = super.parse(buffer)
    if (message.tag === 'relation') for (const column of message.columns) column.parser = keepText
    return message
  }
}

function keepText(text: string): string {
  return text
}
