/** The public API of Barter. */
import './node/require-node.ts'
export { bitswap, createBitswap, type BitswapInit, type CreateBitswapInit } from './node/create-bitswap.ts'
export { weighBuffersWithHeap } from './node/buffer-accounting.ts'
export { initRepo } from './node/repo/repo-init.ts'
export { createPeer, type Peer } from './node/peer.ts'
export type { PeerInit } from './node/peer-init.ts'
export type {
  Exchange,
  ExchangeSession,
  ExchangeStat,
  FetchedBlock,
  GetOptions,
  LedgerView,
  OwnWantView,
  ProgressEventLike,
  ProviderLike,
  WantView
} from './exchange.ts'
export { BitswapError } from './errors.ts'
export type { BitswapOptionsInit } from './options.ts'
export { byWeight, type WeightRule } from './engine/strategies/by-weight.ts'
export type { PartnerView, Pause, Scheduler, Strategy, StrategyWorld } from './engine/strategy.ts'
export type { PeerId, PeerIdLike } from './ids.ts'
export type { Libp2pNetworkOptions } from './network/libp2p/network-options.ts'
export type { Finder as ProviderFinder, FoundProvider as Provider } from './provider.ts'
