// Numbers whose digits JavaScript cannot hold: as text, from the client to the parameter.

/** How many of them JSON's own printer has met. */
let printed = 0

/** A number as it was written, in the document or in the variables: kept as text, so that no digit is lost. */
export class NumberText {
  constructor(readonly text: string) {}

  get isInteger(): boolean {
    return /^-?\d+$/.test(this.text)
  }

  /** JSON's own printer cannot write it: who prints what clients sent asks {@link stringified}. */
  toJSON(): string {
    printed++
    return this.text
  }
}

/** JSON.stringify; undefined when there was a {@link NumberText}, which it cannot print. */
export function stringified(value: unknown): string | undefined {
  const before = printed
  const text = JSON.stringify(value)
  return printed === before ? text : undefined
}
