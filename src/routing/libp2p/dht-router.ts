import type { PeerInfo } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import type { CID } from 'multiformats/cid'
import { toPeerId, type PeerId } from '../../ids.ts'
import type { AbortOptions, Provider } from '../../ports.ts'
import { NobodyToTellError, RouterError, type ProvideOptions, type Router } from '../router.ts'

export interface DhtRouterInit {
  readonly name: string
  readonly dht: Pick<KadDHT, 'findProviders' | 'findPeer' | 'provide' | 'cancelReprovide'>
  /** Addresses that have a place in this DHT. Others in its answers lead nowhere, or into the asker's own network. */
  readonly admits: (address: string) => boolean
  /** Addresses at which others can reach this peer. */
  readonly addresses: () => readonly string[]
  /** Whether a connected peer takes part in this DHT. */
  readonly hasPeers: () => Promise<boolean>
}

/** A Kademlia DHT as a router. */
export class DhtRouter implements Router {
  readonly name: string
  readonly #dht: DhtRouterInit['dht']
  readonly #admits: DhtRouterInit['admits']
  readonly #addresses: DhtRouterInit['addresses']
  readonly #hasPeers: DhtRouterInit['hasPeers']

  constructor({ name, dht, admits, addresses, hasPeers }: DhtRouterInit) {
    this.name = name
    this.#dht = dht
    this.#admits = admits
    this.#addresses = addresses
    this.#hasPeers = hasPeers
  }

  async *findProviders(cid: CID, { signal }: AbortOptions = {}): AsyncGenerator<Provider> {
    for await (const event of this.#dht.findProviders(cid, signal === undefined ? {} : { signal })) {
      if (event.name === 'PROVIDER') for (const peer of event.providers) yield this.#provider(peer)
    }
  }

  /** What is known here already is taken when an address of this DHT is among it; else the DHT is asked. */
  async findPeer(peer: PeerId, { signal }: AbortOptions = {}): Promise<Provider | undefined> {
    const id = peerIdFromString(peer)
    try {
      for (const useCache of [true, false]) {
        for await (const event of this.#dht.findPeer(id, { useCache, ...(signal && { signal }) })) {
          if (event.name !== 'FINAL_PEER') continue
          const found = this.#provider(event.peer)
          if (found.addresses.length > 0) return found
        }
      }
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NotFoundError')) throw error
    }
    return undefined
  }

  /** Resolves with the number of peers that the record was handed to. Rejects with `NobodyToTellError` where none is. */
  async provide(cid: CID, { signal, onTaken }: ProvideOptions = {}): Promise<number> {
    if (!this.#addresses().some(this.#admits)) {
      throw await this.#untold('this peer has no address at which the others of this DHT could reach it')
    }
    let taken = 0
    for await (const event of this.#dht.provide(cid, signal === undefined ? {} : { signal })) {
      if (event.name !== 'PEER_RESPONSE' || event.messageName !== 'ADD_PROVIDER') continue
      taken++
      onTaken?.(toPeerId(event.from))
    }
    if (taken === 0) throw await this.#untold('no peer of this DHT took the record')
    return taken
  }

  async withdraw(cid: CID, { signal }: AbortOptions = {}): Promise<void> {
    await this.#dht.cancelReprovide(cid, signal === undefined ? {} : { signal })
  }

  async #untold(why: string): Promise<Error> {
    return (await this.#hasPeers()) ? new RouterError(why) : new NobodyToTellError()
  }

  #provider({ id, multiaddrs }: PeerInfo): Provider {
    return { peer: toPeerId(id), addresses: multiaddrs.map(String).filter(this.#admits) }
  }
}
