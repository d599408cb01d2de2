import { CID } from 'multiformats/cid'
import type { MaybePromise } from '../ports.ts'
import { DagError } from './dag-links.ts'

/** Steps that may wait for their turn, about 250 bytes each: five nodes of 2 MiB, one below the other, have fewer links. */
const MAX_WAITING = 262_144

/** A link on the way, before its turn. */
export interface Step {
  /** The CID of the block, by `stepId`. */
  readonly id: Uint8Array
}

/** The bytes of a CID, copied: a view, as decoders give it, would keep the whole block it stands in. */
export function stepId(cid: CID): Uint8Array {
  return cid.bytes.slice()
}

/** What a step of a walk comes to. */
export interface Visited<Next, Found> {
  /** What is handed out; undefined for nothing. */
  readonly found?: Found | undefined
  /** The steps below, in their order; asked for when what was found has been taken. */
  readonly below: () => MaybePromise<readonly Next[]>
}

export interface DepthFirst<Next extends Step, Found> {
  /** Undefined for a step that is passed by. */
  visit(step: Next): MaybePromise<Visited<Next, Found> | undefined>
  /** Shown what waits before each step, the next in turn last, so that blocks can be asked for before their turn. */
  lookAhead?(waiting: readonly Next[]): void
  /** Steps that may wait for their turn. */
  readonly maxWaiting?: number | undefined
}

/** Takes steps depth first, in their order, each before those below it. Throws `DagError` when too many would wait. */
export async function* walkDepthFirst<Next extends Step, Found>(
  root: Next,
  walk: DepthFirst<Next, Found>
): AsyncGenerator<Found> {
  const { maxWaiting = MAX_WAITING } = walk
  // Bounded: `maxWaiting`.
  const waiting = [root]
  for (;;) {
    walk.lookAhead?.(waiting)
    const step = waiting.pop()
    if (step === undefined) return
    const visited = await walk.visit(step)
    if (visited === undefined) continue
    if (visited.found !== undefined) yield visited.found
    const below = await visited.below()
    if (waiting.length + below.length > maxWaiting) {
      const where = CID.decode(step.id).toString()
      throw new DagError(`below ${where} more than ${maxWaiting} links wait for their turn: too wide and too deep`)
    }
    for (const one of below.toReversed()) waiting.push(one)
  }
}
