import type { CID } from 'multiformats/cid'
import type { LedgerView } from '../exchange.ts'
import type { PeerId } from '../ids.ts'
import type { EventRecord } from '../simulation/event-log.ts'
import { openCell, type Cell } from './open-cell.ts'
import { playOut } from './run-cell.ts'
import { peerName, virtualWorld, type World } from './world.ts'
import type { WorldStrategies } from './world-strategies.ts'

/** A moment of a run, as one peer sees it. */
export interface Moment {
  readonly atMs: number
  /** Had the run ended by then? */
  readonly hasEnded: boolean
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
  /** Every message that the peer sends, or is sent, up to the moment, in the order of time. */
  readonly onMessage: (record: EventRecord) => void
  /** Ends the replay, which then rejects with the reason. */
  readonly signal?: AbortSignal | undefined
}

export interface Replay {
  readonly moment: Moment
  /** Of the whole run, as in its results: equal if it did the same as then. */
  readonly eventHash: string
}

/**
 * Runs a cell once more, and looks at one peer at a moment, or at the end if that is sooner. The same cell comes to the
 * same moment, always: whether it is the same, the hash of the whole run tells.
 */
export async function replay(cell: Cell, strategies: WorldStrategies, options: ReplayOptions): Promise<Replay> {
  const name = peerName(options.peer)
  let isShown = true
  const observe = (record: EventRecord): void => {
    if (isShown && (record.from === name || record.to === name)) options.onMessage(record)
  }
  const open = await openCell(cell, strategies, virtualWorld, observe)
  const { world, events } = open
  try {
    const playing = playOut(open, cell, options)
    const hasEnded = await world.clock.runUntilSettled(playing, Math.max(world.clock.now(), options.untilMs))
    isShown = false
    const moment = lookAt(world, options.peer, hasEnded)
    await world.clock.until(playing)
    await world.stop()
    return { moment, eventHash: events.digest() }
  } catch (error) {
    await world.stop()
    throw error
  }
}

function lookAt(world: World, number: number, hasEnded: boolean): Moment {
  const peer = world.peers[number]
  return {
    atMs: world.clock.now(),
    hasEnded,
    peer: peerName(number),
    blocks: peer?.store.blocks ?? 0,
    wants: peer?.bitswap.wantlist().map(({ cid }) => cid) ?? [],
    partners: peer?.bitswap.stat().partners ?? [],
    ledgers: peer?.bitswap.ledgers() ?? []
  }
}
