import type {
  AbortOptions,
  Connection,
  Libp2p,
  Libp2pEvents,
  Peer,
  PeerData,
  PeerId,
  StreamHandler,
  StreamHandlerOptions,
  Topology,
  TypedEventTarget
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

type PeerEvents = Pick<
  TypedEventTarget<Pick<Libp2pEvents, 'peer:disconnect' | 'connection:open' | 'connection:close'>>,
  'addEventListener' | 'removeEventListener'
>

interface PeerStoreLike {
  get(peer: PeerId, options?: AbortOptions): Promise<Peer>
  merge(peer: PeerId, data: PeerData, options?: AbortOptions): Promise<Peer>
}

/** All of libp2p that the adapter touches. */
export interface Libp2pParts {
  readonly peerId: PeerId
  handle(protocol: string, handler: StreamHandler, options: StreamHandlerOptions): Promise<void>
  unhandle(protocol: string, options?: AbortOptions): Promise<void>
  register(protocol: string, topology: Topology): Promise<string>
  unregister(id: string): void
  getConnections(peer?: PeerId): Connection[]
  dial(target: PeerId | Multiaddr[], options: AbortOptions): Promise<Connection>
  readonly peerStore: PeerStoreLike
  readonly events: PeerEvents
}

/** The components of libp2p that a service which is bitswap asks for. */
export interface BitswapComponents {
  readonly peerId: PeerId
  readonly registrar: {
    handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>
    unhandle(protocol: string, options?: AbortOptions): Promise<void>
    register(protocol: string, topology: Topology): Promise<string>
    unregister(id: string): void
  }
  readonly connectionManager: {
    getConnections(peer?: PeerId): Connection[]
    openConnection(target: PeerId | Multiaddr[], options?: AbortOptions): Promise<Connection>
  }
  readonly peerStore: PeerStoreLike
  readonly events: PeerEvents
}

/** For `createBitswap({ libp2p })`: a node that was built before. */
export function partsOfNode(node: Libp2p): Libp2pParts {
  return {
    peerId: node.peerId,
    handle: (protocol, handler, options) => node.handle(protocol, handler, options),
    unhandle: (protocol, options) => node.unhandle(protocol, options),
    register: (protocol, topology) => node.register(protocol, topology),
    unregister: (id) => node.unregister(id),
    getConnections: (peer) => node.getConnections(peer),
    dial: (target, options) => node.dial(target, options),
    peerStore: node.peerStore,
    events: node
  }
}

/** For `createLibp2p({ services: { bitswap: … } })`: the node is being built. */
export function partsOfComponents(components: BitswapComponents): Libp2pParts {
  const { peerId, registrar, connectionManager, peerStore, events } = components
  return {
    peerId,
    handle: (protocol, handler, options) => registrar.handle(protocol, handler, options),
    unhandle: (protocol, options) => registrar.unhandle(protocol, options),
    register: (protocol, topology) => registrar.register(protocol, topology),
    unregister: (id) => registrar.unregister(id),
    getConnections: (peer) => connectionManager.getConnections(peer),
    dial: (target, options) => connectionManager.openConnection(target, options),
    peerStore,
    events
  }
}
