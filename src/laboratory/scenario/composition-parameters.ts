import { InvalidParametersError } from '../../errors.ts'

/** The test parameters of a composition: texts for the most part, whatever they stand for. */
export class CompositionParameters {
  readonly #file: string
  /** Bounded: by the file. */
  readonly #values = new Map<string, string>()
  /** Bounded: by the parameters that this program asks for. */
  readonly #known = new Set<string>()

  /** `tables` are of all instances, then of each group; where they differ, nobody can say what is meant. */
  constructor(file: string, tables: readonly Readonly<Record<string, unknown>>[]) {
    this.#file = file
    const [common = {}, ...groups] = tables
    for (const table of groups) {
      for (const [name, value] of Object.entries({ ...common, ...table })) this.#add(name, String(value).trim())
    }
  }

  number(name: string, missing: number): number {
    const text = this.#get(name)
    if (text === undefined) return missing
    const value = Number(text)
    if (text !== '' && Number.isFinite(value) && value >= 0) return value
    const one = text.includes(',') ? 'one number (write a composition for each)' : 'a number, 0 or more'
    throw this.#wrong(name, text, one)
  }

  whole(name: string, missing: number): number {
    const value = this.number(name, missing)
    if (Number.isSafeInteger(value)) return value
    throw this.#wrong(name, String(value), 'a whole number')
  }

  /** Numbers with commas between them; none when it is missing. */
  numbers(name: string): readonly number[] {
    const text = this.#get(name) ?? ''
    if (text === '') return []
    const values = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
    if (values.every((value) => Number.isFinite(value) && value >= 0)) return values
    throw this.#wrong(name, text, 'numbers with commas between them, 0 or more each')
  }

  /** Such as `3/10`; all of it when it is missing. */
  fraction(name: string): readonly [number, number] {
    const text = this.#get(name) ?? ''
    if (text === '') return [1, 1]
    const match = /^(\d{1,6})\/(\d{1,6})$/u.exec(text)
    const [part, whole] = [Number(match?.[1]), Number(match?.[2])]
    if (match !== null && whole > 0 && part <= whole) return [part, whole]
    throw this.#wrong(name, text, 'a fraction such as 3/10')
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], missing: Choice): Choice {
    const text = this.#get(name) ?? missing
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw this.#wrong(name, text, choices.join(' or '))
    return found
  }

  /** Throws when there are parameters that nobody asked for, and names them all. Call it last. */
  end(): void {
    const strays = [...this.#values.keys()].filter((name) => !this.#known.has(name))
    if (strays.length === 0) return
    const known = [...this.#known].toSorted().join(', ')
    const [are, s] = strays.length === 1 ? ['is no parameter', ''] : ['are no parameters', 's']
    throw new InvalidParametersError(
      `${this.#file}: ${strays.join(', ')} ${are} that the laboratory knows: leave the parameter${s} out; it knows ${known}`
    )
  }

  #add(name: string, value: string): void {
    const before = this.#values.get(name)
    if (before !== undefined && before !== value) {
      throw this.#wrong(name, value, `the same in every group, and another has ${JSON.stringify(before)}`)
    }
    this.#values.set(name, value)
  }

  #get(name: string): string | undefined {
    this.#known.add(name)
    return this.#values.get(name)
  }

  #wrong(name: string, value: string, expected: string): InvalidParametersError {
    return new InvalidParametersError(`${this.#file}: ${name} is ${JSON.stringify(value)}: expected ${expected}`)
  }
}
