/**
 * Boxo's session with a register of who wanted what: each wantlist that comes in is noted, and the first wants of a session
 * are asked, as want-blocks, of the last peers that wanted them. Any "dont-have" of these, or their silence past its time,
 * and the want is told to everybody as ever. One candidate gives the fewest duplicates, three the fewest misses.
 */
import type { ClientWant } from './base/desk.ts'
import { WantRegistry } from './base/want-registry.ts'
import { BOXO_PARAMETERS, boxoClient } from './boxo/boxo-client.ts'
import { defineClient } from './client-strategy.ts'

/** Parameters of the register. */
export const REGISTRY_PARAMETERS = {
  candidates: {
    about: 'peers asked outright, those that wanted the block last',
    unit: 'peers',
    fallback: 3,
    min: 1,
    max: 100
  },
  entries: { about: 'peers remembered for each block', unit: 'peers', fallback: 10, min: 1, max: 1_000 }
} as const

export const wantInspection = defineClient({
  name: 'want-inspection',
  about: "Boxo's session, but a block is first asked of the peers that wanted it last",
  source: 'RFC BB-L1-04 (protocol/beyond-bitswap), peer-block registry; de la Rocha et al. 2021',
  parameters: { ...BOXO_PARAMETERS, ...REGISTRY_PARAMETERS },
  create: (world, settings) => {
    const registry = new WantRegistry(settings.entries)
    const hooks = {
      firstAsked: ({ shared }: ClientWant) => registry.wanters(shared.key, settings.candidates)
    }
    return boxoClient(world, settings, hooks, { received: (peer, message) => registry.received(peer, message) })
  }
})
