import type { CidKey } from '../../../src/ids.ts'
import type { Message } from '../../../src/message/message.ts'
import { clientByName } from '../../../src/laboratory/clients/catalogue.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'
import type { VirtualNetworkOptions } from '../../../src/simulation/virtual-network.ts'
import { Swarm, type SwarmPeer, type SwarmPeerOptions } from '../../support/swarm.ts'

/** A swarm whose peers have client strategies, by reference. */
export class ClientSwarm extends Swarm {
  readonly #random: SeededRandom

  constructor(options: VirtualNetworkOptions = {}, seed = 1) {
    super(options)
    this.#random = new SeededRandom(seed)
  }

  async addClient(name: string, reference: string, options: SwarmPeerOptions = {}): Promise<SwarmPeer> {
    const client = clientByName(reference).create({ random: this.#random.stream(name) })
    return await this.add(name, client === undefined ? options : { ...options, client })
  }

  /** A leech connected to so many seeds, `seed0` first. */
  async star(
    reference: string,
    seeds: number,
    options: SwarmPeerOptions = {}
  ): Promise<{ readonly leech: SwarmPeer; readonly seeds: readonly SwarmPeer[] }> {
    const leech = await this.addClient('leech', reference, options)
    const others: SwarmPeer[] = []
    for (let number = 0; number < seeds; number++) {
      const seed = await this.addClient(`seed${number}`, reference, options)
      await this.connect(leech, seed)
      others.push(seed)
    }
    return { leech, seeds: others }
  }

  /** Messages from one peer to another. */
  messages(from: SwarmPeer, to: SwarmPeer): Message[] {
    return this.hub.log.filter((one) => one.from === from.id && one.to === to.id).map(({ message }) => message)
  }
}

/** Keys of the wants of a type that messages tell. */
export function wantsIn(messages: readonly Message[], type: 'block' | 'have'): CidKey[] {
  return messages.flatMap(({ wants }) => wants.filter((want) => want.type === type).map(({ key }) => key))
}
