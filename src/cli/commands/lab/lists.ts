import { InvalidArgumentError } from 'commander'

/** Parameters of a strategy hold commas as well: only a comma before a new name parts two of them. */
export function names(text: string): string[] {
  const parts = text.split(/,(?![^,=:]*=)/u).map((name) => name.trim())
  return parts.filter((name) => name !== '')
}

/** `1..30`, or `1,2,7`. */
export function seeds(text: string): number[] {
  const range = /^(\d{1,9})\.\.(\d{1,9})$/u.exec(text)
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])]
    if (to >= from && to - from < 10_000) return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  } else if (/^\d{1,9}(,\d{1,9})*$/u.test(text)) {
    return [...new Set(text.split(',').map(Number))]
  }
  throw new InvalidArgumentError('Expected seeds such as 1..30, or 1,2,7: the lower first, ten thousand at most.')
}
