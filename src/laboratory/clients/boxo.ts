/**
 * The session of bitswap 1.2 as Boxo has it: everybody connected is asked whether they have the first wants; who answers
 * joins the session; from then on each block is asked of one of the session's peers, chosen with a chance in proportion to
 * how often it was the first to deliver, and the others are asked whether they have it.
 *
 * Pacing: Boxo gathers wants for a millisecond, and then for 20 ms more while it writes; here all wants of one turn of the
 * event loop make a message, and what comes while that is written makes the next. In virtual time the two give the same
 * messages, for nothing happens between the turns of one moment. Boxo tells the sender of a block that it is no longer
 * wanted, too; so does this. Its server fills messages up to 16 KiB: that is `engine.targetMessageBytes` of the peers.
 *
 * Not shown: the time-outs of its network, and the marking of peers as unresponsive, which are the business of the network.
 */
import { BOXO_PARAMETERS, boxoClient } from './boxo/boxo-client.ts'
import { defineClient } from './client-strategy.ts'

export const boxo = defineClient({
  name: 'boxo',
  about: 'the session of bitswap 1.2: broadcast to find peers, then want-block to one and want-have to the others',
  source: 'ipfs/boxo 0.42 bitswap/client; specification of bitswap 1.2',
  parameters: BOXO_PARAMETERS,
  create: (world, settings) => boxoClient(world, settings)
})
