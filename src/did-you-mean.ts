/** Edits that a slip of the keyboard takes at most, for a name of this length. */
function slips(name: string): number {
  return Math.max(1, Math.floor(name.length / 3))
}

/** `Did you mean boxo?`, with a space in front, where one of the names is nearly what was written; else nothing. */
export function didYouMean(written: string, names: readonly string[]): string {
  const name = nearest(written, names)
  return name === undefined ? '' : `. Did you mean ${name}?`
}

/** The name that was meant by what is nearly it, whatever the case of its letters; undefined when none is near. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  let [best, least] = ['', Infinity]
  for (const name of names) {
    const edits = distance(written.toLowerCase(), name.toLowerCase())
    if (edits < least) [best, least] = [name, edits]
  }
  return least <= slips(written) ? best : undefined
}

/** Letters to change, insert, leave out, or swap with their neighbours, to make one text of the other. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let at = 1; at <= b.length; at++) {
      const same = a[row - 1] === b[at - 1] ? 0 : 1
      const swapped = a[row - 1] === b[at - 2] && a[row - 2] === b[at - 1] ? (before[at - 2] ?? Infinity) + 1 : Infinity
      const other = Math.min((above[at] ?? 0) + 1, (line[at - 1] ?? 0) + 1, (above[at - 1] ?? 0) + same)
      line.push(Math.min(other, swapped))
    }
    ;[before, above] = [above, line]
  }
  return above.at(-1) ?? 0
}
