import { InvalidParametersError } from '../../errors.ts'

export interface NumberRule {
  readonly min?: number
  readonly max?: number
  readonly whole?: boolean
}

/** The fields of one object of a scenario, read with care: what is wrong is told with its place, its value and what is right. */
export class Fields {
  readonly #where: string
  readonly #values: Readonly<Record<string, unknown>>
  /** Bounded: by the fields that this program asks for. */
  readonly #known = new Set<string>()

  /** `where` is the place of the object in the scenario, empty for the whole. */
  constructor(where: string, value: unknown) {
    if (!isRecord(value)) throw wrong(where === '' ? 'the scenario' : where, value, 'an object')
    this.#where = where
    this.#values = value
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined
  }

  section<Result>(name: string, read: (fields: Fields) => Result): Result {
    const fields = new Fields(this.#place(name), this.#get(name) ?? {})
    const result = read(fields)
    fields.end()
    return result
  }

  list<Result>(name: string, read: (fields: Fields) => Result): readonly Result[] {
    const value = this.#get(name) ?? []
    if (!Array.isArray(value)) throw this.wrong(name, 'a list of objects')
    return value.map((entry: unknown, index) => {
      const fields = new Fields(`${this.#place(name)}[${index}]`, entry)
      const result = read(fields)
      fields.end()
      return result
    })
  }

  text(name: string, missing?: string): string {
    const value = this.#get(name) ?? missing
    if (typeof value !== 'string' || value === '') throw this.wrong(name, 'a text')
    return value
  }

  flag(name: string, missing: boolean): boolean {
    const value = this.#get(name) ?? missing
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false')
    return value
  }

  number(name: string, missing: number, rule: NumberRule = {}): number {
    return this.#number(name, this.#get(name) ?? missing, rule)
  }

  whole(name: string, missing: number, rule: NumberRule = {}): number {
    return this.number(name, missing, { ...rule, whole: true })
  }

  /** A number, or a list of them. */
  numbers(name: string, missing: readonly number[], rule: NumberRule = {}): readonly number[] {
    const value = this.#get(name) ?? missing
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    return list.map((entry) => this.#number(name, entry, rule))
  }

  /** Two numbers. */
  pair(name: string, missing: readonly [number, number], rule: NumberRule = {}): readonly [number, number] {
    const [first, second, ...others] = this.numbers(name, missing, rule)
    if (first === undefined || second === undefined || others.length > 0) throw this.wrong(name, 'two numbers')
    return [first, second]
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], missing: Choice): Choice {
    const value = this.#get(name) ?? missing
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw this.wrong(name, `one of ${choices.join(', ')}`)
    return found
  }

  /** Texts; objects with an `id` and parameters are taken as references `id:key=value,…`. */
  references(name: string, missing: readonly string[]): readonly string[] {
    const value = this.#get(name) ?? missing
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    const references = list.map((entry) => (isRecord(entry) ? referenceOf(entry) : entry))
    if (references.length === 0 || !references.every((entry) => typeof entry === 'string' && entry !== '')) {
      throw this.wrong(name, 'strategies, such as "debt-ratio" or { "id": "ttl", "d": 10 }')
    }
    return references as readonly string[]
  }

  raw(name: string): unknown {
    return this.#get(name)
  }

  /** Throws for a field that nobody asked for. Call it last. */
  end(): void {
    const stray = Object.keys(this.#values).find((name) => !this.#known.has(name))
    if (stray === undefined) return
    const known = [...this.#known].join(', ')
    throw new InvalidParametersError(`${this.#place(stray)} is no field of a scenario: allowed here are ${known}`)
  }

  wrong(name: string, expected: string): InvalidParametersError {
    return wrong(this.#place(name), this.#values[name], expected)
  }

  #get(name: string): unknown {
    this.#known.add(name)
    return this.#values[name] ?? undefined
  }

  #number(name: string, value: unknown, { min = 0, max = Infinity, whole = false }: NumberRule): number {
    const isFine = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isSafeInteger(value))
    if (isFine) return value
    const range = max === Infinity ? `${min} or more` : `from ${min} to ${max}`
    throw this.wrong(name, `a ${whole ? 'whole ' : ''}number, ${range}`)
  }

  #place(name: string): string {
    return this.#where === '' ? name : `${this.#where}.${name}`
  }
}

function wrong(place: string, value: unknown, expected: string): InvalidParametersError {
  const found = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80)
  return new InvalidParametersError(`${place} is ${found}: expected ${expected}`)
}

function referenceOf({ id, ...parameters }: Readonly<Record<string, unknown>>): unknown {
  const listed = Object.entries(parameters).map(([key, value]) => `${key}=${String(value)}`)
  return listed.length === 0 || typeof id !== 'string' ? id : `${id}:${listed.join(',')}`
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
