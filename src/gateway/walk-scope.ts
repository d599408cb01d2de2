import { CID } from 'multiformats/cid'
import { isLeaf } from '../content/dag-links.ts'
import { visitKey } from '../content/dag-walk.ts'
import { stepId, walkDepthFirst, type Step, type Visited } from '../content/depth-first.ts'
import { cidKey, type CidKey } from '../ids.ts'
import type { DagScope } from './car-params.ts'
import { childrenOf, type Visit } from './children.ts'
import { GatewayError } from './gateway-error.ts'

export interface WalkedBlocks {
  read(cid: CID): Promise<Uint8Array>
  prefetch(cids: readonly CID[]): void
}

export interface WalkOptions {
  readonly scope: DagScope
  /** What has been sent; undefined to send a block each time it occurs. */
  readonly seen: SentBlocks | undefined
  /** Links that may wait for their turn. */
  readonly maxWaiting?: number
}

export interface FoundBlock {
  readonly cid: CID
  readonly bytes: Uint8Array
}

/** Blocks of one level asked for before their turn, so that their round trips overlap. */
const AHEAD = 32
/** Blocks that one answer remembers to have sent: 256 GiB in blocks of 256 KiB. */
const MAX_SENT = 1_048_576

interface Place extends Step, Pick<Visit, 'span'> {
  asked: boolean
}

/** What one answer has sent. */
export class SentBlocks {
  /** Bounded: `max`. */
  readonly #bytes = new Set<CidKey>()
  /**
   * Nodes that were sent with all that is below them: a part of a file may come back with another part wanted, and bytes
   * may come back under a codec by which they have links. Bounded: `max`.
   */
  readonly #whole = new Set<string>()
  readonly #max: number

  constructor(max = MAX_SENT) {
    this.#max = max
  }

  /** Was it sent with all that is below it? */
  covers(cid: CID): boolean {
    return isLeaf(cid) ? this.#bytes.has(cidKey(cid)) : this.#whole.has(visitKey(cid))
  }

  /** False when its bytes were sent before. Throws when there are too many to be remembered. */
  add(cid: CID, isWhole: boolean): boolean {
    if (isWhole && !isLeaf(cid)) this.#remember(this.#whole, visitKey(cid))
    return this.#remember(this.#bytes, cidKey(cid))
  }

  /** False for one that is remembered. */
  #remember<Key>(keys: Set<Key>, key: Key): boolean {
    if (keys.has(key)) return false
    if (keys.size >= this.#max) {
      throw new GatewayError(400, 'the DAG has too many blocks to send each once: ask with dups=y')
    }
    keys.add(key)
    return true
  }
}

/** The blocks of a scope, each before those below it, links in their order. Holds one block at a time, and links. */
export function walkScope(
  blocks: WalkedBlocks,
  root: Visit,
  { scope, seen, maxWaiting }: WalkOptions
): AsyncGenerator<FoundBlock> {
  const visit = async ({ id, span }: Place): Promise<Visited<Place, FoundBlock> | undefined> => {
    const cid = CID.decode(id)
    if (seen?.covers(cid) === true) return undefined
    const bytes = await blocks.read(cid)
    const found = seen?.add(cid, span === undefined) === false ? undefined : { cid, bytes }
    return { found, below: () => childrenOf({ cid, span }, bytes, scope).map(placeOf) }
  }
  const lookAhead = (waiting: readonly Place[]): void => askAhead(blocks, waiting)
  return walkDepthFirst(placeOf(root), { visit, lookAhead, maxWaiting })
}

function placeOf({ cid, span }: Visit): Place {
  return { id: stepId(cid), span, asked: false }
}

function askAhead(blocks: WalkedBlocks, waiting: readonly Place[]): void {
  const next = waiting.at(-1)
  const fresh = waiting.slice(-AHEAD).filter((step) => !step.asked)
  // In batches: a call for each block would cost more than it brings.
  if (next?.asked === true && fresh.length < AHEAD / 2 && waiting.length > AHEAD) return
  if (fresh.length === 0 || (fresh.length === 1 && fresh[0] === next)) return
  blocks.prefetch(fresh.reverse().map(({ id }) => CID.decode(id)))
  for (const step of fresh) step.asked = true
}
