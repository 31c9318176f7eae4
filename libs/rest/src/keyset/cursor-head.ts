// What tells a cursor from a filter on a column of that name: letters, a tag, and two dots.

const head = /[vn]{1,40}\.[\w-]{6}\./y

/** Where the values of the cursor at this place begin; 0 when there is none. No filter looks like one. */
export function cursorHeadEnd(text: string, start: number): number {
  head.lastIndex = start
  return head.test(text) ? head.lastIndex : 0
}
