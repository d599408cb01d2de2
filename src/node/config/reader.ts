import { parseBytes } from '../../api/byte-size.ts'
import { parseDuration } from '../../api/duration.ts'
import { RepoError } from '../repo-error.ts'
import { isObject, type JsonObject } from './json.ts'
import { nearestName } from './nearest-name.ts'

export interface Limits {
  readonly min?: number
  readonly max?: number
}

/** The part of a config below one key, read with care: whatever is wrong is told with its key, its value and what is right. */
export class ConfigReader {
  readonly #file: string
  readonly #path: string
  readonly #values: JsonObject

  /** `file` names the config in errors; `path` is where `values` stand in it, empty for the whole. */
  constructor(file: string, values: JsonObject, path = '') {
    this.#file = file
    this.#values = values
    this.#path = path
  }

  /** An object below this one; none at all is an empty one. */
  section(key: string): ConfigReader {
    const value = this.#values[key]
    if (isAbsent(value)) return this.#below(key, {})
    if (!isObject(value)) throw this.wrong(key, 'an object')
    return this.#below(key, value)
  }

  /**
   * This section is ours: a key beside these is a slip of the pen, and would change nothing without a word. Keys of Kubo
   * that Barter does not know are let be.
   */
  only(...known: readonly string[]): this {
    const stray = Object.keys(this.#values).find((key) => !known.includes(key))
    if (stray === undefined) return this
    const nearest = nearestName(stray, known) ?? ''
    throw configError(
      this.#file,
      `${this.#name(stray)} is no known key: did you mean ${this.#name(nearest)}? Known are ${known.join(', ')}`
    )
  }

  /** A list of objects; none at all is an empty list. */
  list(key: string): readonly ConfigReader[] {
    const value = this.#values[key]
    if (isAbsent(value)) return []
    if (!Array.isArray(value)) throw this.wrong(key, 'a list of objects')
    return value.map((entry: unknown, index) => {
      if (!isObject(entry)) throw this.wrong(key, 'a list of objects')
      return this.#below(`${key}[${index}]`, entry)
    })
  }

  has(key: string): boolean {
    return !isAbsent(this.#values[key])
  }

  /** Keys that are set, whoever knows them. */
  keys(): readonly string[] {
    return Object.keys(this.#values).filter((key) => this.has(key))
  }

  text(key: string): string {
    const value = this.#values[key]
    if (typeof value !== 'string' || value === '') throw this.wrong(key, 'a text')
    return value
  }

  /** A text whose value no error shows. */
  secret(key: string): string {
    const value = this.#values[key]
    if (typeof value === 'string' && value !== '') return value
    throw configError(this.#file, `${this.#name(key)} is missing or wrong: expected a text`)
  }

  /** A number is taken for its digits, as for sizes. */
  optionalText(key: string, missing: string): string {
    const value = this.#values[key]
    if (isAbsent(value)) return missing
    if (typeof value !== 'string' && typeof value !== 'number') throw this.wrong(key, 'a text')
    return String(value)
  }

  /** One of `choices`. */
  choice<T extends string>(key: string, choices: readonly T[], missing: T): T {
    const value = this.#values[key]
    if (isAbsent(value) || value === '') return missing
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw this.wrong(key, `one of ${choices.join(', ')}`)
    return found
  }

  /** A text or a list of texts; none at all is an empty list. */
  texts(key: string): readonly string[] {
    const value = this.#values[key]
    if (isAbsent(value) || value === '') return []
    const list: unknown[] = Array.isArray(value) ? value : [value]
    return list.map((entry) => {
      if (typeof entry !== 'string') throw this.wrong(key, 'a text or a list of texts')
      return entry
    })
  }

  /** Kubo's flags are `true`, `false` or `null` for "as by default". */
  flag(key: string, missing: boolean): boolean {
    const value = this.#values[key]
    if (isAbsent(value)) return missing
    if (typeof value !== 'boolean') throw this.wrong(key, 'true, false or null')
    return value
  }

  isFalse(key: string): boolean {
    return this.#values[key] === false
  }

  integer<T extends number | undefined>(key: string, missing: T, limits: Limits = {}): number | T {
    const value = this.#values[key]
    if (isAbsent(value)) return missing
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || !isWithin(value, limits)) {
      throw this.wrong(key, `a whole number${describe(limits)}`)
    }
    return value
  }

  /** Bytes: a number, or a text such as `10MB` or `1.5 MiB`. */
  bytes(key: string, missing: number): number {
    const value = this.#values[key]
    if (isAbsent(value) || value === '') return missing
    const bytes = typeof value === 'string' ? parseBytes(value) : value
    if (typeof bytes !== 'number' || !isWithin(bytes, {})) throw this.wrong(key, 'a size such as 4096, 10MB or 1.5 MiB')
    return bytes
  }

  /** Milliseconds of a text such as `20s` or `1h30m`. */
  durationMs<T extends number | undefined>(key: string, missing: T, limits: Limits = {}): number | T {
    const value = this.#values[key]
    if (isAbsent(value) || value === '') return missing
    const delayMs = typeof value === 'string' ? parseDuration(value) : undefined
    if (delayMs === undefined || !isWithin(delayMs, limits)) throw this.wrong(key, 'a duration such as 20s or 1h30m')
    return delayMs
  }

  /** The error for a key whose value is not as it must be. `expected` completes "expected …". */
  wrong(key: string, expected: string): RepoError {
    const value = this.#values[key]
    const found = value === undefined ? 'missing' : shorten(JSON.stringify(value))
    return configError(this.#file, `${this.#name(key)} is ${found}: expected ${expected}`)
  }

  #below(key: string, values: JsonObject): ConfigReader {
    return new ConfigReader(this.#file, values, this.#name(key))
  }

  #name(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`
  }
}

export function configError(file: string, what: string, cause?: unknown): RepoError {
  return new RepoError('ERR_REPO_CONFIG', `the config ${file} cannot be used: ${what}`, { cause })
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function isWithin(value: number, { min = 0, max = Infinity }: Limits): boolean {
  return value >= min && value <= max
}

function describe({ min = 0, max }: Limits): string {
  return max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
