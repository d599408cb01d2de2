import { InvalidParametersError } from '../../errors.ts'
import type { Random } from '../../ports.ts'
import type { Client } from '../../session/session-like.ts'

/** What a client strategy gets of its world beside what every session gets. */
export interface ClientWorld {
  /** The only source of chance: a stream of this peer's own. */
  readonly random: Random
}

/** Whom to ask for what, and when; `create` makes the client side of one peer. */
export interface ClientStrategy {
  /** As it was asked for, with its parameters: `boxo:searchDelayMs=0`. */
  readonly name: string
  /** One line. */
  readonly about: string
  /** The paper, specification or code it comes from. */
  readonly source: string
  /** Undefined: our own session, which needs no client. */
  create(world: ClientWorld): Client | undefined
}

/** One parameter of a strategy: its default says of which type it is. */
export interface NumberParameter {
  readonly about: string
  readonly value: number
  readonly min: number
  readonly max: number
}

export interface SwitchParameter {
  readonly about: string
  readonly value: boolean
}

export type Parameter = NumberParameter | SwitchParameter

export type Parameters = Readonly<Record<string, Parameter>>

/** The values of parameters, by name. */
export type Settings<Of extends Parameters> = {
  readonly [Name in keyof Of]: Of[Name] extends NumberParameter ? number : boolean
}

/** A strategy as the catalogue lists it; `with` makes one of it with some parameters set. */
export interface ClientDefinition {
  readonly name: string
  readonly about: string
  readonly source: string
  readonly parameters: Parameters
  /** Throws `InvalidParametersError` that names the parameter and what is allowed. */
  with(given: Readonly<Record<string, string>>): ClientStrategy
}

interface ClientDraft<Of extends Parameters> {
  readonly name: string
  readonly about: string
  readonly source: string
  readonly parameters: Of
  readonly create: (world: ClientWorld, settings: Settings<Of>) => Client | undefined
}

/** Makes an entry of the catalogue. */
export function defineClient<Of extends Parameters>(draft: ClientDraft<Of>): ClientDefinition {
  const { name, about, source, parameters, create } = draft
  return {
    name,
    about,
    source,
    parameters,
    with: (given) => {
      const settings = settle(name, parameters, given)
      const written = Object.entries(given).map(([key, value]) => `${key}=${value}`)
      const full = written.length === 0 ? name : `${name}:${written.join(',')}`
      return { name: full, about, source, create: (world) => create(world, settings) }
    }
  }
}

function settle<Of extends Parameters>(
  client: string,
  parameters: Of,
  given: Readonly<Record<string, string>>
): Settings<Of> {
  const settings: Record<string, number | boolean> = {}
  for (const [name, { value }] of Object.entries(parameters)) settings[name] = value
  for (const [name, text] of Object.entries(given)) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (parameter === undefined) {
      const known = Object.keys(parameters).join(', ')
      const allowed = known === '' ? 'it has none' : `expected one of ${known}`
      throw new InvalidParametersError(`client ${client} has no parameter ${name}: ${allowed}`)
    }
    settings[name] = 'min' in parameter ? readNumber(client, name, text, parameter) : readSwitch(client, name, text)
  }
  // Every name of the parameters has a value of its type by now, which the compiler cannot follow.
  return settings as Settings<Of>
}

function readNumber(client: string, name: string, text: string, { min, max }: NumberParameter): number {
  const value = text.trim() === '' ? NaN : Number(text)
  if (value >= min && value <= max) return value
  const range = max === Infinity ? `${min} or more` : `${min} to ${max}`
  throw new InvalidParametersError(`parameter ${name} of client ${client} is ${text}: expected a number, ${range}`)
}

function readSwitch(client: string, name: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new InvalidParametersError(`parameter ${name} of client ${client} is ${text}: expected true or false`)
}
