import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { Adversary } from './adversaries/adversary.ts'
import type { TopologyOptions } from './scenario/scenario.ts'

export type Role = 'seed' | 'leech' | 'passive'

export interface PlannedPeer {
  /** From 0: seeds first, then leeches, then the passive ones. */
  readonly index: number
  readonly role: Role
  /** From 0, within its role. */
  readonly number: number
  /** Nobody can connect to it; it can connect to others. */
  readonly isBehindNat: boolean
  /** What it is instead of a peer like the others. */
  readonly adversary?: Adversary
}

/** A connection to be made, by the numbers of its peers. */
export interface Edge {
  readonly from: number
  readonly to: number
}

export function planPeers({ seed, leech, passive, nat_pct }: TopologyOptions, random: SeededRandom): PlannedPeer[] {
  const roles: readonly (readonly [Role, number])[] = [
    ['seed', seed],
    ['leech', leech],
    ['passive', passive]
  ]
  const peers = roles.flatMap(([role, count]) => Array.from({ length: count }, (_, number) => ({ role, number })))
  const nats = random.stream('nat')
  // Drawn for each peer, needed or not: another share leaves the other draws as they are.
  return peers.map((peer, index) => ({ ...peer, index, isBehindNat: nats.next() * 100 < nat_pct }))
}

/** Under which a peer stands in results. */
export function roleOf({ role, adversary }: PlannedPeer): string {
  return adversary?.name ?? role
}

/** Who connects to whom, in the order in which it is done. */
export function planEdges(peers: readonly PlannedPeer[], topology: TopologyOptions, random: SeededRandom): Edge[] {
  const edges = topology.kind === 'random' ? randomEdges(peers, topology, random) : pairEdges(peers, topology, random)
  return edges.flatMap(({ from, to }) => {
    if (peers[to]?.isBehindNat !== true) return [{ from, to }]
    return peers[from]?.isBehindNat === true ? [] : [{ from: to, to: from }]
  })
}

function pairEdges(peers: readonly PlannedPeer[], topology: TopologyOptions, random: SeededRandom): Edge[] {
  const draws = random.stream('edges')
  const edges: Edge[] = []
  for (const to of peers) {
    // The later one dials, as a newcomer does.
    for (const from of peers.slice(to.index + 1)) {
      const isDrawn = draws.next() * 100 < topology.max_connection_rate
      if (isDrawn && mayMeet(from, to, topology.kind)) edges.push({ from: from.index, to: to.index })
    }
  }
  return edges
}

function mayMeet(a: PlannedPeer, b: PlannedPeer, kind: TopologyOptions['kind']): boolean {
  if (kind === 'star') return a.index === 0 || b.index === 0
  if (kind === 'spokes') return a.role === 'leech' || b.role === 'leech'
  const isLeechAndSeed = (a.role === 'leech' && b.role === 'seed') || (a.role === 'seed' && b.role === 'leech')
  return kind !== 'sparse' || !isLeechAndSeed
}

/** Each peer dials half its degree; the other half dial it, more or less. Every peer has one edge at least. */
function randomEdges(peers: readonly PlannedPeer[], { degree }: TopologyOptions, random: SeededRandom): Edge[] {
  const draws = random.stream('edges')
  const dials = Math.max(1, Math.round(degree / 2))
  return peers.flatMap(({ index }) => {
    const chosen = new Set<number>()
    const most = Math.min(dials, peers.length - 1)
    while (chosen.size < most) {
      const to = draws.below(peers.length)
      if (to !== index) chosen.add(to)
    }
    return Array.from(chosen, (to) => ({ from: index, to }))
  })
}
