import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Libp2p, OpenConnectionProgressEvents, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { IdInfo } from '../../api/service/id-info.ts'
import type { ConnectOptions, KeptPeerInfo, SwarmPeer, SwarmResult } from '../../api/service/peer-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { KeptConnections } from '../connectivity/kept-connections.ts'
import { proveConnection } from '../connectivity/prove-connection.ts'
import { reasonOf } from '../repo/repo-error.ts'
import { dialFailure } from './dial-failure.ts'

const CLOSED_AT_ONCE = 'it closed the connection at once: it may have banned or denied this peer'

/** What a user asks of the network side of a peer, in texts. */
export class Swarm {
  readonly #libp2p: Libp2p
  readonly #kept: KeptConnections
  readonly #refusal: (peer: PeerId) => string | undefined

  /** `refusal` tells why a peer is not dealt with; undefined when it is. */
  constructor(libp2p: Libp2p, kept: KeptConnections, refusal: (peer: PeerId) => string | undefined) {
    this.#libp2p = libp2p
    this.#kept = kept
    this.#refusal = refusal
  }

  /** Without a peer in the address, a failure is told of the address in its place. */
  async connect(address: string, { signal, anyPeer }: ConnectOptions = {}): Promise<SwarmResult> {
    const there = anyPeer === true ? peerlessAddress(address) : undefined
    if (there !== undefined) return await this.#reach(there, address, signal)
    const target = parseTarget(address)
    const peer = target.peer.toString()
    const refusal = this.#refusal(target.peer)
    if (refusal !== undefined) return { peer, error: refusal }
    return await this.#reach(target.address ?? target.peer, peer, signal)
  }

  async #reach(target: PeerId | Multiaddr, name: string, signal: AbortSignal | undefined): Promise<SwarmResult> {
    /** Bounded: by the addresses that libp2p tries in one go. */
    const tried: string[] = []
    const onProgress = (event: OpenConnectionProgressEvents): void => {
      if (event.type !== 'dial-queue:calculated-addresses') return
      tried.push(...event.detail.map(({ multiaddr: each }) => withoutPeer(each)))
    }
    try {
      const connection = await this.#libp2p.dial(target, { ...(signal && { signal }), onProgress })
      const peer = connection.remotePeer.toString()
      // Who listens at an address without a peer is known only now.
      const refusal = this.#refusal(connection.remotePeer)
      if (refusal !== undefined) {
        connection.abort(new Error(refusal))
        return { peer, error: refusal }
      }
      return (await proveConnection(connection, signal)) ? { peer } : { peer, error: CLOSED_AT_ONCE }
    } catch (error) {
      signal?.throwIfAborted()
      return { peer: name, error: dialFailure(error, tried) }
    }
  }

  async disconnect(address: string): Promise<SwarmResult> {
    const { peer } = parseTarget(address)
    if (this.#libp2p.getConnections(peer).length === 0) return { peer: peer.toString(), error: 'not connected' }
    try {
      await this.#libp2p.hangUp(peer)
      return { peer: peer.toString() }
    } catch (error) {
      return { peer: peer.toString(), error: reasonOf(error) }
    }
  }

  /** Stays connected to a peer from now on. Dials in the background. */
  async keep(address: string): Promise<SwarmResult> {
    const target = parseTarget(address)
    const peer = target.peer.toString()
    if (peer === this.#libp2p.peerId.toString()) throw new InvalidParametersError(`${peer} is this peer itself`)
    const known = this.#kept.list().find((kept) => kept.peer === peer)?.addresses ?? []
    const given = target.address === undefined ? [] : [target.address.toString()]
    await this.#kept.add({ peer, addresses: [...new Set([...known, ...given])] })
    return { peer }
  }

  kept(): readonly KeptPeerInfo[] {
    return this.#kept.list()
  }

  async release(peer: string): Promise<SwarmResult> {
    const id = parsePeer(peer).toString()
    await this.#kept.remove(id)
    return { peer: id }
  }

  peers(): SwarmPeer[] {
    return this.#libp2p.getConnections().map((connection) => ({
      address: withoutPeer(connection.remoteAddr),
      peer: connection.remotePeer.toString(),
      latencyMs: connection.rtt,
      direction: connection.direction,
      streams: connection.streams.map((stream) => stream.protocol)
    }))
  }

  async addresses(): Promise<Map<string, readonly string[]>> {
    const known = await this.#libp2p.peerStore.all()
    return new Map(known.map(({ id, addresses }) => [id.toString(), addresses.map((a) => a.multiaddr.toString())]))
  }

  localAddresses(withId = false): string[] {
    const suffix = `/p2p/${this.#libp2p.peerId.toString()}`
    const bare = this.#libp2p.getMultiaddrs().map((address) => address.toString().replace(suffix, ''))
    return withId ? bare.map((address) => address + suffix) : bare
  }

  listenAddresses(): string[] {
    return this.localAddresses()
  }

  /** Of this peer, or of one that identified itself to it. */
  async id(peer: string | undefined, agentVersion: string): Promise<IdInfo> {
    const { peerId } = this.#libp2p
    const id = peer === undefined ? peerId : parsePeer(peer)
    if (id.equals(peerId)) {
      const addresses = this.localAddresses(true)
      return describePeer(peerId, addresses, agentVersion, this.#libp2p.getProtocols())
    }
    const known = await identified(this.#libp2p, id)
    if (known !== undefined) return known
    throw new InvalidParametersError(`peer ${id.toString()} is not known here: connect to it first`)
  }
}

/** What another peer told of itself; undefined for one that is not known. */
export async function identified({ peerStore }: Pick<Libp2p, 'peerStore'>, peer: PeerId): Promise<IdInfo | undefined> {
  if (!(await peerStore.has(peer))) return undefined
  const { addresses, metadata, protocols } = await peerStore.get(peer)
  const known = addresses.map((address) => `${address.multiaddr.toString()}/p2p/${peer.toString()}`)
  const agent = Buffer.from(metadata.get('AgentVersion') ?? []).toString('utf8')
  return describePeer(peer, known, agent, protocols)
}

/** A peer id in its text form. Throws `InvalidParametersError`. */
export function parsePeer(text: string): PeerId {
  try {
    return peerIdFromString(text)
  } catch (error) {
    throw new InvalidParametersError(`"${text}" is no peer id: expected one like 12D3KooW…`, { cause: error })
  }
}

/** A peer as `id` tells of it. */
export function describePeer(
  peer: PeerId,
  addresses: readonly string[],
  agentVersion: string,
  protocols: readonly string[]
): IdInfo {
  const key = peer.publicKey === undefined ? '' : Buffer.from(publicKeyToProtobuf(peer.publicKey)).toString('base64')
  return {
    id: peer.toString(),
    publicKey: key,
    addresses: [...new Set(addresses)].sort(),
    agentVersion,
    protocols: [...protocols].sort()
  }
}

/** An address that names no peer. */
function peerlessAddress(text: string): Multiaddr | undefined {
  if (!text.startsWith('/')) return undefined
  const address = parseAddress(text)
  return address.getComponents().some(({ name }) => name === 'p2p') ? undefined : address
}

function parseAddress(text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch (error) {
    throw new InvalidParametersError(`invalid peer address "${text}": ${reasonOf(error)}`, { cause: error })
  }
}

/** A multiaddr that ends with a peer, or `/p2p/<peer>` alone, or a peer id alone. */
function parseTarget(text: string): { peer: PeerId; address?: Multiaddr } {
  if (!text.startsWith('/')) return { peer: parsePeer(text) }
  const address = parseAddress(text)
  const components = address.getComponents()
  const last = components.at(-1)
  if (last?.name !== 'p2p' || last.value === undefined) {
    throw new InvalidParametersError(`invalid peer address "${text}": it must end with /p2p/<peer id>`)
  }
  const peer = parsePeer(last.value)
  return components.length === 1 ? { peer } : { peer, address }
}

function withoutPeer(address: Multiaddr): string {
  return address.toString().replace(/\/p2p\/[^/]+$/u, '')
}
