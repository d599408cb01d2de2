import { readValues, valuesOf, type Parameters, type Values } from '../../engine/strategies/parameters.ts'
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

/** A strategy as the catalogue lists it; `with` makes one of it with some parameters set. */
export interface ClientDefinition<Of extends Parameters = Parameters> {
  readonly name: string
  readonly about: string
  readonly source: string
  readonly parameters: Of
  /** Throws `InvalidParametersError` that names the parameter and what is allowed. */
  with(given: Readonly<Record<string, string>>): ClientStrategy
}

interface ClientDraft<Of extends Parameters> extends Omit<ClientDefinition<Of>, 'with'> {
  readonly create: (world: ClientWorld, values: Values<Of>) => Client | undefined
}

/** Makes an entry of the catalogue. */
export function defineClient<Of extends Parameters>(draft: ClientDraft<Of>): ClientDefinition {
  const { create, ...words } = draft
  const { name, about, source, parameters } = words
  return {
    ...words,
    with: (given) => {
      const owner = `client ${name}`
      const values = valuesOf(owner, parameters, readValues(owner, parameters, given))
      const written = Object.entries(given).map(([key, value]) => `${key}=${value}`)
      const full = written.length === 0 ? name : `${name}:${written.join(',')}`
      return { name: full, about, source, create: (world) => create(world, values) }
    }
  }
}
