/** A peer that is attacked, peers that attack it, and honest ones beside them. */
import { type Child, startChild } from './child.ts'
import type { AttackerCalls } from './attacker.ts'
import { type Fetched, HonestPeers } from './honest-peer.ts'
import type { VictimCalls, VictimInit } from './victim.ts'

export interface Arena {
  readonly victim: Child<VictimCalls>
  readonly attackers: Child<AttackerCalls>
  readonly honest: HonestPeers
  readonly to: readonly string[]
  /** How long the blocks took of the honest peers while nothing was amiss. */
  readonly clean: Fetched
}

export const HONEST_PEERS = 4

/** The attackers are not connected yet. */
export async function arena(init: VictimInit = {}): Promise<Arena> {
  const victim = await startChild<VictimCalls>('victim', init)
  const attackers = await startChild<AttackerCalls>('attacker')
  const to = await victim.call('addresses')
  const honest = await HonestPeers.connect(to, HONEST_PEERS)
  await honest.fetch(50)
  const clean = await honest.fetch(100)
  return { victim, attackers, honest, to, clean }
}

/** Waits until something is so; the milliseconds it took, or undefined when it took more than `limitMs`. */
export async function timeUntil(isSo: () => Promise<boolean>, limitMs: number): Promise<number | undefined> {
  const started = performance.now()
  while (!(await isSo())) {
    if (performance.now() - started > limitMs) return undefined
    await new Promise<void>((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - started
}
