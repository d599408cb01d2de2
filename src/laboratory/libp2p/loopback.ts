import { assert, InvalidParametersError } from '../../errors.ts'
import type { PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import type { Logger, Provider } from '../../ports.ts'
import type { EventLog } from '../../simulation/event-log.ts'
import { DEFAULT_LINK, type LinkShape } from '../../simulation/link-shape.ts'
import type { SeededRandom } from '../../simulation/seeded-random.ts'
import type { JoinOptions } from '../../simulation/virtual-network.ts'
import { byReference } from '../../simulation/wire.ts'
import { MAX_LIBP2P_PEERS } from '../experiment/require-world.ts'
import { LoopbackPort } from './loopback-port.ts'
import type { RealClock } from './real-clock.ts'

export interface LoopbackOptions {
  readonly clock: RealClock
  readonly link: Partial<LinkShape>
  readonly random: SeededRandom
  readonly events: EventLog
  readonly logger: Logger
}

/**
 * The libp2p nodes of one world. Exchanges know each other by their names in the world, which are the same as in virtual
 * time, so that nothing hangs on how the ids of nodes happen to sort.
 */
export class Loopback {
  readonly clock: RealClock
  readonly link: LinkShape
  readonly logger: Logger
  readonly #random: SeededRandom
  readonly #events: EventLog
  /** Bounded: MAX_LIBP2P_PEERS. */
  readonly #ports = new Map<PeerId, LoopbackPort>()
  /** Bounded: MAX_LIBP2P_PEERS. Names by the ids of the nodes, once these are there. */
  readonly #names = new Map<PeerId, PeerId>()

  constructor({ clock, link, random, events, logger }: LoopbackOptions) {
    this.clock = clock
    this.link = { ...DEFAULT_LINK, ...link }
    this.logger = logger
    this.#random = random
    this.#events = events
  }

  get ports(): readonly LoopbackPort[] {
    return [...this.#ports.values()]
  }

  /** A peer of this world, whose node comes with the start of its port. */
  join(name: PeerId, options: JoinOptions): LoopbackPort {
    assert(this.#ports.size < MAX_LIBP2P_PEERS, 'a scenario is looked at before its peers join')
    const port = new LoopbackPort(name, options, this)
    this.#ports.set(name, port)
    return port
  }

  /** Said by a port whose node is there. */
  started(name: PeerId, node: PeerId): void {
    this.#names.set(node, name)
  }

  /** Undefined for a node that is not of this world. */
  nameOf(node: PeerId): PeerId | undefined {
    return this.#names.get(node)
  }

  portOf(name: PeerId): LoopbackPort | undefined {
    return this.#ports.get(name)
  }

  /** The peer that a provider names. */
  find({ peer }: Provider): LoopbackPort {
    const port = peer === undefined ? undefined : this.#ports.get(peer)
    if (port === undefined) throw new InvalidParametersError(`${peer ?? 'an address'} is no peer of this world`)
    return port
  }

  /** What one way of a connection draws: the same numbers as in virtual time. */
  randomOf(from: PeerId, to: PeerId): SeededRandom {
    return this.#random.stream(`link ${from} ${to}`)
  }

  /** Counts a message that is handed to the network; returns its size on the wire. */
  record(from: PeerId, to: PeerId, message: Message): number {
    const { bytes } = byReference(message)
    this.#events.record(this.clock.nowMicros, from, to, message, bytes)
    return bytes
  }

  /** Resolves when every node has been stopped, whatever state it was in. */
  async close(): Promise<void> {
    await Promise.all(this.ports.map((port) => port.close()))
  }
}
