import type { MaybePromise } from '../ports.ts'
import { DagError } from './dag-links.ts'

/** Links that may wait for their turn, about 150 bytes each: ten nodes of 2 MiB, one below the other, have fewer. */
const MAX_WAITING = 524_288

/** What a step of a walk comes to. */
export interface Visited<Step, Found> {
  /** What is handed out; undefined for nothing. */
  readonly found?: Found | undefined
  /** The steps below, in their order; asked for when what was found has been taken. */
  readonly below: () => MaybePromise<readonly Step[]>
}

export interface DepthFirst<Step, Found> {
  /** Undefined for a step that is passed by. */
  visit(step: Step): MaybePromise<Visited<Step, Found> | undefined>
  /** Shown what waits before each step, the next in turn last, so that blocks can be asked for before their turn. */
  lookAhead?(waiting: readonly Step[]): void
  /** Steps that may wait for their turn. */
  readonly maxWaiting?: number | undefined
}

/** Takes steps depth first, in their order, each before those below it. Throws `DagError` when too many would wait. */
export async function* walkDepthFirst<Step, Found>(root: Step, walk: DepthFirst<Step, Found>): AsyncGenerator<Found> {
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
      throw new DagError(`more than ${maxWaiting} links wait for their turn: too wide and too deep to be walked`)
    }
    for (const one of below.toReversed()) waiting.push(one)
  }
}
