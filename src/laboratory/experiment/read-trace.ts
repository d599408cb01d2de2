import { InvalidParametersError } from '../../errors.ts'
import type { TraceRequest } from '../scenario/scenario.ts'

/** A manifest holds every row: more would be no text that anybody opens. */
const MAX_REQUESTS = 1_000_000

const COLUMNS = ['at_ms', 'leech', 'file'] as const
type Column = (typeof COLUMNS)[number]

/**
 * The requests of a CSV file: a header with the columns `at_ms`, `leech` and `file` in any order, and a line for each
 * request. Throws `InvalidParametersError` that names line and column.
 */
export function readTrace(text: string, file: string): TraceRequest[] {
  const [header = '', ...lines] = text.split(/\r?\n/u)
  const places = placesOf(header, file)
  const requests = lines.flatMap((line, index): TraceRequest[] => {
    if (line.trim() === '') return []
    const fields = line.split(',')
    const at = `${file}, line ${index + 2}`
    if (fields.length !== COLUMNS.length) {
      throw new InvalidParametersError(`${at} has ${fields.length} columns: expected ${COLUMNS.length}`)
    }
    const value = (column: Column): number => numberOf(fields[places[column]] ?? '', column, at)
    return [{ atMs: value('at_ms'), leech: value('leech'), file: value('file') }]
  })
  if (requests.length === 0) throw new InvalidParametersError(`${file} has no requests`)
  if (requests.length <= MAX_REQUESTS) return requests
  throw new InvalidParametersError(`${file} has ${requests.length} requests: expected ${MAX_REQUESTS} at most`)
}

function placesOf(header: string, file: string): Readonly<Record<Column, number>> {
  const names = header.replace(/^\uFEFF/u, '').split(',')
  const trimmed = names.map((name) => name.trim())
  const stray = trimmed.find((name) => !COLUMNS.some((column) => column === name))
  const missing = COLUMNS.find((column) => !trimmed.includes(column))
  if (stray === undefined && missing === undefined && trimmed.length === COLUMNS.length) {
    return { at_ms: trimmed.indexOf('at_ms'), leech: trimmed.indexOf('leech'), file: trimmed.indexOf('file') }
  }
  const why = missing === undefined ? `has the column ${JSON.stringify(stray ?? header)}` : `has no column ${missing}`
  throw new InvalidParametersError(`${file}, line 1 ${why}: expected a header with ${COLUMNS.join(',')}`)
}

function numberOf(text: string, column: Column, at: string): number {
  const value = text.trim() === '' ? NaN : Number(text)
  const isFine = column === 'at_ms' ? Number.isFinite(value) : Number.isSafeInteger(value)
  if (isFine && value >= 0) return value
  const expected = column === 'at_ms' ? 'milliseconds' : 'a whole number'
  throw new InvalidParametersError(`${at}, column ${column}: ${JSON.stringify(text)} is not ${expected}, 0 or more`)
}
