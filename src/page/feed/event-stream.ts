/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly event: string
  readonly data: string
}

/** Characters of one event; the daemon sends far less, and what sends more is not the daemon. */
export const MAX_EVENT_CHARS = 16 * 1024 * 1024

/**
 * Reads events out of text that comes in pieces of any length. `EventSource` is of no use here: it cannot send the header
 * that carries the token.
 */
export class EventStream {
  /** The beginning of a line that has not ended yet. */
  #rest = ''
  #event = ''
  /** Bounded: `MAX_EVENT_CHARS` over all lines; more ends the stream. */
  #lines: string[] = []
  #chars = 0

  /** The events that end within `text`. Throws `RangeError` when one grows beyond all measure. */
  push(text: string): StreamEvent[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    const events: StreamEvent[] = []
    for (const line of lines) {
      const event = this.#line(line.endsWith('\r') ? line.slice(0, -1) : line)
      if (event !== undefined) events.push(event)
    }
    if (this.#rest.length + this.#chars > MAX_EVENT_CHARS) throw new RangeError('an event is too long')
    return events
  }

  #line(line: string): StreamEvent | undefined {
    if (line === '') return this.#finish()
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') this.#event = value
    if (field === 'data') {
      this.#lines.push(value)
      this.#chars += value.length
    }
    return undefined
  }

  #finish(): StreamEvent | undefined {
    const isEmpty = this.#lines.length === 0
    const event = { event: this.#event === '' ? 'message' : this.#event, data: this.#lines.join('\n') }
    this.#event = ''
    this.#lines = []
    this.#chars = 0
    return isEmpty ? undefined : event
  }
}
