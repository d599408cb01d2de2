/** `barter/helia`: Barter's exchange in a Helia node. */
import '../node/require-node.ts'
export { withBitswap, bitswapBroker, type WithBitswap } from './with-bitswap.ts'
export type { BarterBroker, HeliaBitswapInit, HeliaExchange } from './barter-broker.ts'
