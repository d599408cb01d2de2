import { DEFAULT_SUBSYSTEM, LOG_LEVELS, type LogLevel } from '../../api/service/log-service.ts'

/** Names that are remembered, so that they can be listed. Most carry the id of a connection, and say no more than their head. */
const MAX_NAMES = 512
const NAME_PARTS = 2

/** What of ours logs under a name of its own: `bitswap` stands for `barter:bitswap`, as users of Kubo call it. */
const OUR_OWN: ReadonlySet<string> = new Set(['bitswap', 'gateway', 'providing', 'routing'])

/** Which entries of which subsystem are shown. A name stands for those below it: `libp2p` for `libp2p:tcp`. */
export class LogLevels {
  #missing: LogLevel
  /** Bounded: by the operator, who names them, and `MAX_NAMES`. */
  readonly #own = new Map<string, LogLevel>()
  /** Bounded: `MAX_NAMES`; heads of the names that have logged. */
  readonly #seen = new Set<string>()
  #changes = 0

  constructor(missing: LogLevel = 'warn', own: Readonly<Record<string, LogLevel>> = {}) {
    this.#missing = missing
    this.reset(missing, own)
  }

  /** Grows with every change, for those who remember an answer. */
  get changes(): number {
    return this.#changes
  }

  get missing(): LogLevel {
    return this.#missing
  }

  /** In the place of all levels there are. */
  reset(missing: LogLevel, own: Readonly<Record<string, LogLevel>>): void {
    this.#missing = missing
    this.#own.clear()
    for (const [name, level] of Object.entries(own).slice(0, MAX_NAMES)) this.#own.set(fullName(name), level)
    this.#changes += 1
  }

  /** `undefined` gives a name the level of the one above it. */
  set(subsystem: string, level: LogLevel | undefined): void {
    const name = fullName(subsystem)
    if (name === DEFAULT_SUBSYSTEM) this.#missing = level ?? this.#missing
    else if (level === undefined) this.#own.delete(name)
    else if (this.#own.size < MAX_NAMES || this.#own.has(name)) this.#own.set(name, level)
    this.#changes += 1
  }

  of(name: string): LogLevel {
    for (let head = fullName(name); head !== ''; head = parentOf(head)) {
      const level = this.#own.get(head)
      if (level !== undefined) return level
    }
    return this.#missing
  }

  /** The levels at which entries of a name are shown. */
  shownOf(name: string): Set<LogLevel> {
    return new Set(LOG_LEVELS.slice(LOG_LEVELS.indexOf(this.of(name))))
  }

  /** To be told of each name that may log. */
  saw(name: string): void {
    if (this.#seen.size < MAX_NAMES) this.#seen.add(name.split(':').slice(0, NAME_PARTS).join(':'))
  }

  /** Whether entries may come from a name, or from one below it. */
  has(subsystem: string): boolean {
    const name = fullName(subsystem)
    return this.names().some((known) => known === name || known.startsWith(`${name}:`) || name.startsWith(`${known}:`))
  }

  names(): readonly string[] {
    return [...new Set([...this.#seen, ...this.#own.keys()])].sort()
  }
}

function fullName(name: string): string {
  return OUR_OWN.has(name.split(':')[0] ?? '') ? `barter:${name}` : name
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf(':'), 0))
}
