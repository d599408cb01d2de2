import type { SeededRandom } from '../../simulation/seeded-random.ts'
import type { AdversaryOptions } from '../scenario/scenario.ts'
import type { Edge, PlannedPeer } from '../topology.ts'
import { adversaryByName } from './catalogue.ts'

/**
 * Makes part of the leeches adversaries. They are drawn from the random stream `adversaries` alone: the same seed draws
 * the same ones, whatever the kind, and of a larger part those of a smaller one are a part.
 */
export function chooseAdversaries(
  peers: readonly PlannedPeer[],
  options: AdversaryOptions | undefined,
  random: SeededRandom
): readonly PlannedPeer[] {
  if (options === undefined) return peers
  const adversary = adversaryByName(options.kind)
  const leeches = peers.filter(({ role }) => role === 'leech').map(({ index }) => index)
  const drawn = random.stream('adversaries').shuffled(leeches)
  const chosen = new Set(drawn.slice(0, Math.round(leeches.length * options.fraction)))
  return peers.map((peer) => (chosen.has(peer.index) ? { ...peer, adversary } : peer))
}

/** The edges, with those of adversaries that connect to everybody. */
export function withWideViews(peers: readonly PlannedPeer[], edges: readonly Edge[]): readonly Edge[] {
  const wide = peers.filter(({ adversary }) => adversary?.connectsToAll === true)
  if (wide.length === 0) return edges
  const pair = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`)
  const known = new Set(edges.map(({ from, to }) => pair(from, to)))
  const more = wide.flatMap(({ index: from }) =>
    peers.flatMap(({ index: to, isBehindNat }): Edge[] => {
      if (from === to || isBehindNat || known.has(pair(from, to))) return []
      known.add(pair(from, to))
      return [{ from, to }]
    })
  )
  return [...edges, ...more]
}
