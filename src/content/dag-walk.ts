import { CID } from 'multiformats/cid'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import { cidKey } from '../ids.ts'
import type { AbortOptions, MaybePromise } from '../ports.ts'
import { isLeaf, linksOf, type DagLink } from './dag-links.ts'
import { stepId, walkDepthFirst, type DepthFirst, type Step, type Visited } from './depth-first.ts'
import { KeySet } from './key-set.ts'

/** Where the blocks of a walk come from. Rejects for a block that is not to be had. */
export interface WalkSource {
  get(cid: CID, options?: AbortOptions): Promise<Uint8Array>
}

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined
  /** Blocks that need no visit; each that is visited comes to them. */
  readonly visited?: KeySet
  /** Blocks asked for before their turn, and held until then. */
  readonly ahead?: number
  /** Links that may wait for their turn. */
  readonly maxWaiting?: number
  /** Blocks that cannot have links are passed by without being read, each as often as it is linked to. */
  readonly skipLeaves?: boolean
  /** Told of each block before it is asked for, and awaited. */
  readonly enter?: (cid: CID) => MaybePromise<void>
  /** Told of a block that cannot be had or read; the walk goes on beside it. Without this the walk fails. */
  readonly unreadable?: (cid: CID, error: unknown) => void
}

export interface WalkedBlock {
  readonly cid: CID
  /** Undefined for a leaf that was passed by. */
  readonly bytes: Uint8Array | undefined
  readonly links: readonly DagLink[]
  readonly depth: number
}

/** Round trips and looks at the disk that overlap. */
const AHEAD = 16

type Outcome = { readonly bytes: Uint8Array } | { readonly error: unknown }

interface Item extends Step {
  readonly depth: number
  /** Passed by without being read. */
  readonly isPassed: boolean
  block?: Promise<Outcome>
}

/**
 * Visits each block below `root` once, depth first, in the order of links, a parent before its children; asks for blocks
 * ahead of their turn. What it holds is bounded: `ahead` blocks, `maxWaiting` links, and the keys of what was visited.
 */
export async function* walkDag(source: WalkSource, root: CID, options: WalkOptions = {}): AsyncGenerator<WalkedBlock> {
  const closed = new AbortController()
  const signal = options.signal === undefined ? closed.signal : AbortSignal.any([options.signal, closed.signal])
  const walk = new Walk(source, { ...options, signal })
  try {
    yield* walkDepthFirst(walk.item(root, 0), walk)
  } finally {
    closed.abort()
  }
}

/** A block has other links by another codec: whoever was there as `raw` bytes was not there as a folder. */
export function visitKey(cid: CID): string {
  return (isLeaf(cid) ? '' : `${cid.code} `) + cidKey(cid)
}

class Walk implements DepthFirst<Item, WalkedBlock> {
  readonly maxWaiting: number | undefined
  readonly #source: WalkSource
  readonly #options: WalkOptions
  readonly #visited: KeySet
  #asked = 0

  constructor(source: WalkSource, options: WalkOptions) {
    this.maxWaiting = options.maxWaiting
    this.#source = source
    this.#options = options
    this.#visited = options.visited ?? new KeySet()
  }

  item(cid: CID, depth: number): Item {
    return { id: stepId(cid), depth, isPassed: this.#options.skipLeaves === true && isLeaf(cid) }
  }

  async visit(item: Item): Promise<Visited<Item, WalkedBlock> | undefined> {
    const cid = CID.decode(item.id)
    if (item.block !== undefined) this.#asked -= 1
    if (!item.isPassed && !this.#visited.add(visitKey(cid))) return undefined
    this.#options.signal?.throwIfAborted()
    const found = item.isPassed ? await this.#pass(cid, item) : await this.#read(cid, item)
    return found && { found, below: () => this.#below(found) }
  }

  /** Asks for those that come soon. */
  lookAhead(waiting: readonly Item[]): void {
    const { ahead = AHEAD } = this.#options
    for (let at = waiting.length - 1; at >= 0 && at > waiting.length - 1 - ahead; at--) {
      const item = waiting[at]
      if (item === undefined || this.#asked >= ahead) break
      if (item.block !== undefined || item.isPassed) continue
      const cid = CID.decode(item.id)
      if (this.#visited.has(visitKey(cid))) continue
      item.block = this.#ask(cid)
      this.#asked += 1
    }
  }

  async #pass(cid: CID, { depth }: Item): Promise<WalkedBlock> {
    await this.#options.enter?.(cid)
    return { cid, bytes: undefined, links: [], depth }
  }

  async #read(cid: CID, { block, depth }: Item): Promise<WalkedBlock | undefined> {
    const outcome = await (block ?? this.#ask(cid))
    try {
      if ('error' in outcome) throw outcome.error
      return { cid, bytes: outcome.bytes, links: linksOf(cid, outcome.bytes), depth }
    } catch (error) {
      if (this.#options.signal?.aborted === true || this.#options.unreadable === undefined) throw error
      this.#options.unreadable(cid, error)
      return undefined
    }
  }

  #below({ links, depth }: WalkedBlock): readonly Item[] {
    const fresh = links.filter((link) => !this.#visited.has(visitKey(link.cid)))
    return fresh.map((link) => this.item(link.cid, depth + 1))
  }

  /** Never rejects: nobody may be waiting yet. */
  async #ask(cid: CID): Promise<Outcome> {
    try {
      if (cid.multihash.code === IDENTITY_CODE) return { bytes: cid.multihash.digest }
      await this.#options.enter?.(cid)
      return { bytes: await this.#source.get(cid, { signal: this.#options.signal }) }
    } catch (error) {
      return { error }
    }
  }
}
