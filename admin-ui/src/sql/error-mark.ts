// A mark under the word where Postgres found the fault. It goes away with the next change.
import { StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view'

const setMark = StateEffect.define<number | undefined>()
const look = Decoration.mark({ class: 'cm-plinth-error' })

export const errorMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setMark)) continue
      if (effect.value === undefined) return Decoration.none
      const length = transaction.newDoc.length
      if (length === 0) return Decoration.none
      const from = Math.min(effect.value, length - 1)
      const word = /^\w+/.exec(transaction.newDoc.sliceString(from, Math.min(from + 64, length)))?.[0].length ?? 1
      return Decoration.set([look.range(from, Math.min(length, from + word))])
    }
    return transaction.docChanged ? Decoration.none : marks
  },
  provide: (field) => EditorView.decorations.from(field),
})

export function showErrorAt(view: EditorView, at: number | undefined): void {
  const place = at === undefined ? undefined : Math.min(at, view.state.doc.length)
  view.dispatch({
    effects: place === undefined ? [setMark.of(undefined)] : [setMark.of(place), EditorView.scrollIntoView(place, { y: 'center' })],
  })
}
