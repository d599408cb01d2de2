import type { Connection, Libp2p } from '@libp2p/interface'
import type { Listing, PartnerRow } from '../../api/service/insight-snapshot.ts'
import type { Exchange, PeerRateLimits, TrustView } from '../../exchange.ts'
import { toPeerId, type PeerId } from '../../ids.ts'
import type { PeerNote } from './peer-notes.ts'

export interface PartnerRowParts {
  readonly libp2p: Pick<Libp2p, 'getConnections'>
  readonly exchange: Pick<Exchange, 'insight' | 'trust' | 'policy' | 'limits' | 'ledger'>
  readonly notes: { of(peer: string): PeerNote | undefined }
  readonly isKept: (peer: string) => boolean
}

/** Connections of a peer of which nothing is known count for as much as those of others. */
const UNKNOWN = { score: 0.5, worth: 0 }

/** Everybody who is connected, and those whom a rule, a ban or a limit is about. */
export class PartnerRows {
  readonly #parts: PartnerRowParts

  constructor(parts: PartnerRowParts) {
    this.#parts = parts
  }

  list(limit: number): Listing<PartnerRow> {
    const { insight, trust } = this.#parts.exchange
    const now = insight.now()
    const connected = byPeer(this.#parts.libp2p.getConnections())
    const limits = new Map(this.#parts.exchange.limits.ofPeers().map((one) => [one.peer, one]))
    const rules = this.#rules()
    const away = new Set([...rules.keys(), ...limits.keys(), ...trust.bannedPeers()])
    for (const peer of connected.keys()) away.delete(peer)
    const rows: PartnerRow[] = []
    for (const peer of [...connected.keys(), ...away]) {
      if (rows.length >= limit) break
      rows.push(this.#row(peer, connected.get(peer) ?? [], { limits: limits.get(peer), policy: rules.get(peer), now }))
    }
    return { total: connected.size + away.size, rows }
  }

  #row(
    peer: PeerId,
    connections: readonly Connection[],
    {
      limits,
      policy = 'default',
      now
    }: { limits: PeerRateLimits | undefined; policy?: PartnerRow['policy'] | undefined; now: number }
  ): PartnerRow {
    const { exchange, notes, isKept } = this.#parts
    const [first] = connections
    const held = first && exchange.insight.partner(peer)
    const note = notes.of(peer)
    return {
      id: peer,
      isConnected: first !== undefined,
      agent: note?.agent,
      direction: first?.direction,
      address: first?.remoteAddr.toString().replace(/\/p2p\/[^/]+$/u, ''),
      connections: connections.length,
      connectedAt: first?.timeline.open,
      protocol: note?.protocol,
      latencyMs: rounded(held?.latencyMs ?? first?.rtt),
      ...ledgerOf(exchange, peer),
      wants: held?.wants ?? 0,
      pendingTasks: held?.pendingTasks ?? 0,
      queuedBytes: held?.pendingBytes ?? 0,
      inFlightBytes: held?.inFlightBytes ?? 0,
      overflowDropped: held?.overflowDropped ?? 0,
      owes: held?.owes ?? 0,
      told: held?.told ?? 0,
      ...trustOf(exchange.trust.of(peer), now),
      policy,
      upload: limits?.upload,
      download: limits?.download,
      isKept: isKept(peer)
    }
  }

  /** Rules on peers as such. */
  #rules(): Map<PeerId, 'allowed' | 'denied'> {
    const rules = new Map<PeerId, 'allowed' | 'denied'>()
    for (const { peer, cid, effect } of this.#parts.exchange.policy.rules()) {
      if (peer !== undefined && cid === undefined) rules.set(peer, effect === 'allow' ? 'allowed' : 'denied')
    }
    return rules
  }
}

function byPeer(connections: readonly Connection[]): Map<PeerId, Connection[]> {
  const peers = new Map<PeerId, Connection[]>()
  for (const connection of connections) {
    const peer = toPeerId(connection.remotePeer)
    const others = peers.get(peer)
    if (others === undefined) peers.set(peer, [connection])
    else others.push(connection)
  }
  return peers
}

function ledgerOf(exchange: PartnerRowParts['exchange'], peer: PeerId) {
  const ledger = exchange.ledger(peer)
  return {
    sent: ledger?.bytesSent ?? 0,
    received: ledger?.bytesReceived ?? 0,
    exchanges: ledger?.exchanges ?? 0,
    // Decays all the time: what cannot be seen does not make the row another one.
    debtRatio: Number((ledger?.debtRatio ?? 0).toPrecision(3))
  }
}

function trustOf(trust: TrustView | undefined, now: number) {
  const { score, worth } = trust ?? UNKNOWN
  const banned = trust?.banned
  return {
    score: Number(score.toFixed(3)),
    worth: Math.round(worth),
    // The seconds left are those of a moment ago.
    banned: banned && { reason: banned.reason, until: Math.round((now + banned.leftMs) / 1_000) * 1_000 }
  }
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10
}
