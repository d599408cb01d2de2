/**
 * Wants that are passed on, and a register of who wanted what: the first wants of a session are asked of the last peers
 * that wanted them, and whoever passes a want on asks such peers first and fills up with others by chance.
 */
import { WantRegistry } from './base/want-registry.ts'
import { defineClient } from './client-strategy.ts'
import { RELAY_PARAMETERS, ttlClient } from './relay/ttl-client.ts'
import { REGISTRY_PARAMETERS } from './want-inspection.ts'

export const ttlInspection = defineClient({
  name: 'ttl-inspection',
  about: 'wants are passed on, and go first to those that wanted the same block last',
  source: 'RFC BB-L1-02 and BB-L1-04 together (Protocol Labs Research, January 2021)',
  parameters: { ...RELAY_PARAMETERS, ...REGISTRY_PARAMETERS },
  create: (world, settings) => {
    const registry = new WantRegistry(settings.entries)
    return ttlClient(world, settings, {
      hooks: { firstAsked: ({ shared }) => registry.wanters(shared.key, settings.candidates) },
      likely: (key) => registry.wanters(key, settings.candidates),
      received: (peer, message) => registry.received(peer, message)
    })
  }
})
