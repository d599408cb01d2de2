import { randomBytes } from 'node:crypto'

const TICKET_BYTES = 24
const VALID_MS = 60_000

/** Tickets at a time; the oldest makes room. */
export const MAX_TICKETS = 64

/** What lets a frame, which can show no token, have one report for a while. */
export class ReportTickets {
  /** Bounded: `MAX_TICKETS`. */
  readonly #tickets = new Map<string, { readonly name: string; readonly until: number }>()

  /** A ticket that nobody can guess. */
  issue(name: string, now = Date.now()): string {
    const ticket = randomBytes(TICKET_BYTES).toString('base64url')
    this.#tickets.set(ticket, { name, until: now + VALID_MS })
    const [oldest] = this.#tickets.keys()
    if (this.#tickets.size > MAX_TICKETS && oldest !== undefined) this.#tickets.delete(oldest)
    return ticket
  }

  /** The report that a ticket is for; undefined when there is none of this name, or it is too old. */
  nameOf(ticket: string, now = Date.now()): string | undefined {
    const found = this.#tickets.get(ticket)
    return found === undefined || now > found.until ? undefined : found.name
  }
}
