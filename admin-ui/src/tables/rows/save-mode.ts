/** When an edited cell is written: at once, or with the other staged edits. */
export type SaveMode = 'at-once' | 'staged'
