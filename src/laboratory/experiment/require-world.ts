import { InvalidParametersError } from '../../errors.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { WorldKind } from '../world-like.ts'

/** More nodes in one process than this measure the process, not the exchange. */
export const MAX_LIBP2P_PEERS = 30

/** What results of each kind of world are of. */
export const WORLD_ABOUT: Readonly<Record<WorldKind, string>> = {
  virtual: 'a network in virtual time',
  libp2p:
    'libp2p nodes in one thread that meet on loopback, in real time; latency, jitter, losses and bandwidth are made in ' +
    'user space, by the link model of virtual time, before libp2p gets a message; the work of the processor is real, and ' +
    'not that of the scenario'
}

/** Adversaries that take further names: each would be a node more. */
const MANY_NAMES = new Set(['sybil', 'whitewash'])

/** Throws `InvalidParametersError` that names what a kind of world does not have. The virtual one has everything. */
export function requireWorld(kind: WorldKind, { topology, churn, adversary, link, routing, store }: Scenario): void {
  if (kind === 'virtual') return
  const { seed, leech, passive } = topology
  if (seed + leech + passive > MAX_LIBP2P_PEERS) {
    cannot('topology', `${seed} seeds, ${leech} leeches, ${passive} passive`, `${MAX_LIBP2P_PEERS} peers at most`)
  }
  if (churn !== undefined) cannot('churn', churn.kind, 'peers that stay')
  if (link.regions) cannot('link.regions', 'true', 'one latency for all')
  if (routing.kind === 'dht-phases') cannot('routing.kind', routing.kind, 'none or instant')
  if (store.delay_ms > 0) cannot('store.delay_ms', String(store.delay_ms), '0')
  if (adversary !== undefined && MANY_NAMES.has(adversary.kind)) {
    cannot('adversary.kind', adversary.kind, 'one that has a single name')
  }
}

function cannot(field: string, value: string, expected: string): never {
  throw new InvalidParametersError(`over libp2p, ${field} is ${value}: expected ${expected}`)
}
