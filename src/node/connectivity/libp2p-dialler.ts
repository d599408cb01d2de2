import type { Libp2p } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { Dialler } from './dialler.ts'

/** Under this name the peer store keeps what a connection is worth; libp2p closes those of least worth first. */
const TAG = 'barter-kept'
/** The most that a tag may be worth. */
const TAG_VALUE = 100

/** Dials through a libp2p node. */
export class Libp2pDialler implements Dialler {
  readonly #libp2p: Libp2p

  constructor(libp2p: Libp2p) {
    this.#libp2p = libp2p
  }

  isConnected(peer: string): boolean {
    return this.#libp2p.getConnections(peerIdFromString(peer)).length > 0
  }

  async dial(peer: string, addresses: readonly string[], signal: AbortSignal): Promise<void> {
    const suffix = `/p2p/${peer}`
    const full = addresses.map((address) => multiaddr(address.endsWith(suffix) ? address : `${address}${suffix}`))
    const id = peerIdFromString(peer)
    // Without addresses libp2p takes those that it knows, and asks routing.
    await this.#libp2p.dial(full.length > 0 ? full : id, { signal })
  }

  async protect(peer: string, isProtected: boolean): Promise<void> {
    const tags = { [TAG]: isProtected ? { value: TAG_VALUE } : undefined }
    await this.#libp2p.peerStore.merge(peerIdFromString(peer), { tags })
  }
}
