import type { Connection, Libp2p, PeerId } from '@libp2p/interface'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IdInfo } from '../../api/service/id-info.ts'
import type {
  BandwidthInfo,
  BandwidthOf,
  NetworkService,
  PingEvent,
  PingOptions,
  ResourceInfo
} from '../../api/service/network-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import { Bandwidth } from '../bandwidth/bandwidth.ts'
import { AddressFilters } from '../connectivity/address-filters.ts'
import { PingStream } from '../libp2p/ping-stream.ts'
import { reasonOf } from '../repo/repo-error.ts'
import { describePeer, identified, parsePeer } from '../libp2p/swarm.ts'

/** Between two pings, and for one of them. */
const PING_INTERVAL_MS = 1_000
const PING_TIMEOUT_MS = 10_000

export interface LocalNetworkParts {
  readonly libp2p: Pick<Libp2p, 'dialProtocol' | 'getConnections' | 'peerId' | 'peerStore' | 'services'>
  /** Connections beyond which some are closed. */
  readonly maxConnections: number | undefined
}

/** The connection side of this process. */
export class LocalNetwork implements NetworkService {
  readonly #parts: LocalNetworkParts

  constructor(parts: LocalNetworkParts) {
    this.#parts = parts
  }

  bandwidth({ peer, protocol }: BandwidthOf = {}): BandwidthInfo {
    const { bandwidth } = this.#parts.libp2p.services
    if (!(bandwidth instanceof Bandwidth)) throw new InvalidParametersError('this node does not count its bytes')
    if (peer !== undefined && protocol !== undefined) {
      throw new InvalidParametersError('please only specify peer OR protocol')
    }
    if (peer !== undefined) return bandwidth.ofPeer(parsePeer(peer).toString())
    return protocol === undefined ? bandwidth.all.info() : bandwidth.ofProtocol(protocol)
  }

  async *ping(text: string, { signal, count }: PingOptions): AsyncGenerator<PingEvent> {
    const peer = targetOf(text)
    if (count < 1) throw new InvalidParametersError('ping count must be greater than 0')
    const { libp2p } = this.#parts
    if (peer.equals(libp2p.peerId)) throw new InvalidParametersError("can't ping self")
    for (let sent = 0; sent < count; sent++) {
      if (sent > 0) await sleep(PING_INTERVAL_MS, undefined, { ...(signal && { signal }) })
      // A peer that cannot be dialled is an error of the command, before any pong.
      const stream = await PingStream.open(libp2p, peer, signal)
      const event = await pingOnce(stream, signal)
      yield event
      if (event.type === 'failed') return
    }
  }

  async identify(): Promise<ReadonlyMap<string, IdInfo>> {
    const { libp2p } = this.#parts
    const peers = new Map(libp2p.getConnections().map(({ remotePeer }) => [remotePeer.toString(), remotePeer]))
    const infos = new Map<string, IdInfo>()
    for (const [id, peer] of peers) {
      infos.set(id, (await identified(libp2p, peer)) ?? describePeer(peer, [], '', []))
    }
    return infos
  }

  filters(): readonly string[] {
    return this.#filters().list()
  }

  addFilters(masks: readonly string[]): readonly string[] {
    this.#filters().add(masks)
    return masks
  }

  removeFilters(masks: readonly string[] | 'all'): readonly string[] {
    return this.#filters().remove(masks)
  }

  resources(): readonly ResourceInfo[] {
    const connections = this.#parts.libp2p.getConnections()
    const inbound = connections.filter(({ direction }) => direction === 'inbound')
    const streams = connections.flatMap((connection) => connection.streams)
    const incoming = streams.filter(({ direction }) => direction === 'inbound').length
    return [
      { name: 'Memory', used: process.memoryUsage().rss, limit: undefined },
      { name: 'Conns', used: connections.length, limit: this.#parts.maxConnections },
      { name: 'ConnsInbound', used: inbound.length, limit: this.#parts.maxConnections },
      { name: 'ConnsOutbound', used: connections.length - inbound.length, limit: this.#parts.maxConnections },
      { name: 'FD', used: connections.filter(isDirect).length, limit: undefined },
      { name: 'Streams', used: streams.length, limit: undefined },
      { name: 'StreamsInbound', used: incoming, limit: undefined },
      { name: 'StreamsOutbound', used: streams.length - incoming, limit: undefined }
    ]
  }

  #filters(): AddressFilters {
    const { filters } = this.#parts.libp2p.services
    if (!(filters instanceof AddressFilters)) throw new InvalidParametersError('this node filters no addresses')
    return filters
  }
}

/** Pings and closes the stream: whoever answers ends a stream that rests between two pings when it likes. */
async function pingOnce(stream: PingStream, signal: AbortSignal | undefined): Promise<PingEvent> {
  const limit = AbortSignal.any([AbortSignal.timeout(PING_TIMEOUT_MS), ...(signal === undefined ? [] : [signal])])
  try {
    return { type: 'pong', latencyMs: await stream.ping(limit) }
  } catch (error) {
    signal?.throwIfAborted()
    return { type: 'failed', message: reasonOf(error) }
  } finally {
    await stream.close()
  }
}

/** A peer id, or a multiaddr that ends with one. */
function targetOf(text: string): PeerId {
  return parsePeer(/\/p2p\/([^/]+)$/u.exec(text)?.[1] ?? text)
}

function isDirect({ remoteAddr }: Connection): boolean {
  return !remoteAddr.toString().includes('/p2p-circuit')
}
