/**
 * Boxo's session, whose wants carry how many peers further they may be asked (field 6 of a wantlist entry). A peer that has
 * not got the block says so at once, and asks some of its own peers; what it hears goes back the way the want came, and so
 * does the block ("symmetric" routing). Peers that do not know the field pass nothing on. The authors' prototype kept the
 * blocks it passed on, and says that it should not; `store=false` drops each when those it was for have it.
 */
import { defineClient } from './client-strategy.ts'
import { RELAY_PARAMETERS, ttlClient } from './relay/ttl-client.ts'

export const ttl = defineClient({
  name: 'ttl',
  about: "Boxo's session, whose wants are passed on by peers that have not got the block",
  source: 'RFC BB-L1-02 (protocol/beyond-bitswap), symmetric routing; de la Rocha et al. 2021',
  parameters: RELAY_PARAMETERS,
  create: (world, settings) => ttlClient(world, settings)
})
