/** The one of `names` that was most likely meant: of fewest letters to change, whatever their case. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const changes = (name: string): number => editDistance(typed.toLowerCase(), name.toLowerCase())
  return names.toSorted((a, b) => changes(a) - changes(b))[0]
}

/** Letters to put in, to leave out or to replace, to get from one text to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [i, letter] of Array.from(from).entries()) {
    const next = [i + 1]
    for (const [j, other] of Array.from(to).entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
