import { MAX_ROWS } from '../../api/service/insight-service.ts'
import type { LogRow } from '../../api/service/insight-snapshot.ts'
import type { LogEntry } from '../../api/service/log-service.ts'

const MAX_MESSAGE = 1_000

/** The last lines of the log, for who looks at it later. */
export class LogRing {
  /** Bounded: twice `MAX_ROWS.log`, then the older half goes. */
  #lines: LogRow[] = []
  #seq = 0

  /** Listens until `signal`. Never rejects. */
  async follow(entries: AsyncIterable<LogEntry>): Promise<void> {
    try {
      for await (const entry of entries) this.add(entry)
    } catch {
      // The log has ended, with its process or by the signal.
    }
  }

  add({ at, level, subsystem, message, fields }: LogEntry): void {
    const text = [message, ...Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`)].join(' ')
    this.#lines.push({ seq: ++this.#seq, at, level, subsystem, message: text.slice(0, MAX_MESSAGE) })
    if (this.#lines.length > 2 * MAX_ROWS.log) this.#lines = this.#lines.slice(-MAX_ROWS.log)
  }

  /** The last ones, oldest first. */
  last(count: number): readonly LogRow[] {
    return count <= 0 ? [] : this.#lines.slice(-count)
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Error) return value.message
  return JSON.stringify(value)
}
