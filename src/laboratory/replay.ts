import type { CID } from 'multiformats/cid'
import type { LedgerView } from '../exchange.ts'
import type { PeerId } from '../ids.ts'
import type { EventRecord } from '../simulation/event-log.ts'
import { openCell, type Cell } from './open-cell.ts'
import { peerName, virtualWorld, type WorldStrategies } from './world.ts'

/** A moment of a run, as one peer sees it. */
export interface Moment {
  readonly atMs: number
  readonly peer: PeerId
  readonly blocks: number
  readonly wants: readonly CID[]
  readonly partners: readonly PeerId[]
  readonly ledgers: readonly LedgerView[]
}

export interface ReplayOptions {
  readonly peer: number
  /** In milliseconds from the start of the world, when the first connection is made. */
  readonly untilMs: number
  /** Every message that the peer sends, or is sent, in the order of time. */
  readonly onMessage: (record: EventRecord) => void
}

/** Runs a cell once more up to a moment, and looks at one peer. The same cell comes to the same moment, always. */
export async function replay(cell: Cell, strategies: WorldStrategies, options: ReplayOptions): Promise<Moment> {
  const name = peerName(options.peer)
  const observe = (record: EventRecord): void => {
    if (record.from === name || record.to === name) options.onMessage(record)
  }
  const open = await openCell(cell, strategies, virtualWorld, observe)
  const { world } = open
  const abort = new AbortController()
  const requests = open.begin(abort.signal)
  await world.clock.runUntil(Math.max(world.clock.now(), options.untilMs))
  const peer = world.peers[options.peer]
  const moment: Moment = {
    atMs: world.clock.now(),
    peer: name,
    blocks: peer?.store.blocks ?? 0,
    wants: peer?.bitswap.wantlist().map(({ cid }) => cid) ?? [],
    partners: peer?.bitswap.stat().partners ?? [],
    ledgers: peer?.bitswap.ledgers() ?? []
  }
  abort.abort(new Error('the replay has ended'))
  await world.clock.until(requests)
  await world.stop()
  return moment
}
