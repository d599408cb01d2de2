import { Key, type Datastore } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { StoreError } from '../../errors.ts'
import type { Cycle } from './cycle.ts'
import { keyText, readKeyText } from './key-text.ts'

const QUEUE = '/barter/provide/queue'
const DONE = '/barter/provide/done'
const CYCLE = new Key('/barter/provide/cycle')
/** The first member of a written record. Another number is a form that this version cannot read. */
const VERSION = 1

/**
 * What must outlive a restart: the queue, when each key was provided last, and the cycle under way. Small JSON arrays; one
 * that cannot be read counts as not there. Failures of the datastore reject with `StoreError`.
 */
export class ProvideStore {
  readonly #datastore: Datastore
  #sequence = 0

  constructor(datastore: Datastore) {
    this.#datastore = datastore
  }

  /** Waiting keys, oldest first. */
  async queued(): Promise<readonly CID[]> {
    return await attempt('the provide queue cannot be read', async () => {
      const found: { cid: CID; sequence: number }[] = []
      for await (const { key, value } of this.#datastore.query({ prefix: `${QUEUE}/` })) {
        const cid = readKeyText(key.toString().slice(QUEUE.length + 1))
        const [sequence = 0] = decode(value) ?? []
        if (cid !== undefined && typeof sequence === 'number') found.push({ cid, sequence })
      }
      found.sort((a, b) => a.sequence - b.sequence)
      this.#sequence = found.at(-1)?.sequence ?? 0
      return found.map(({ cid }) => cid)
    })
  }

  async enqueue(cid: CID): Promise<void> {
    const value = encode([++this.#sequence])
    await attempt(
      'the provide queue cannot be written',
      async () => await this.#datastore.put(keyOf(QUEUE, cid), value)
    )
  }

  async dequeue(cid: CID): Promise<void> {
    await attempt('the provide queue cannot be written', async () => await this.#datastore.delete(keyOf(QUEUE, cid)))
  }

  /** When it was provided last. */
  async providedAt(cid: CID): Promise<number | undefined> {
    return await attempt('the provided keys cannot be read', async () => {
      try {
        const [at] = decode(await this.#datastore.get(keyOf(DONE, cid))) ?? []
        return typeof at === 'number' ? at : undefined
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFoundError') return undefined
        throw error
      }
    })
  }

  /** It was provided: no longer queued. */
  async provided(cid: CID, at: number): Promise<void> {
    await attempt('the provided keys cannot be written', async () => {
      const batch = this.#datastore.batch()
      batch.put(keyOf(DONE, cid), encode([at]))
      batch.delete(keyOf(QUEUE, cid))
      await batch.commit()
    })
  }

  /** Keys that were provided last before `time`. */
  async *olderThan(time: number): AsyncGenerator<CID> {
    for await (const { key, value } of this.#datastore.query({ prefix: `${DONE}/` })) {
      const cid = readKeyText(key.toString().slice(DONE.length + 1))
      const [at] = decode(value) ?? []
      if (cid !== undefined && (typeof at !== 'number' || at < time)) yield cid
    }
  }

  async forget(cid: CID): Promise<void> {
    await attempt('the provided keys cannot be written', async () => await this.#datastore.delete(keyOf(DONE, cid)))
  }

  async readCycle(): Promise<Cycle | undefined> {
    return await attempt('the provide cycle cannot be read', async () => {
      try {
        return toCycle(decode(await this.#datastore.get(CYCLE)))
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFoundError') return undefined
        throw error
      }
    })
  }

  async writeCycle({ startedAt, finishedAt, lastKeys, lastDurationMs, reached }: Cycle): Promise<void> {
    const value = encode([startedAt, finishedAt ?? null, lastKeys ?? null, lastDurationMs ?? null, ...reached])
    await attempt('the provide cycle cannot be written', async () => await this.#datastore.put(CYCLE, value))
  }
}

function keyOf(prefix: string, cid: CID): Key {
  return new Key(`${prefix}/${keyText(cid)}`)
}

function encode(fields: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([VERSION, ...fields]))
}

/** The fields of a record that this version writes; undefined for anything else. */
function decode(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Array.isArray(value) && value[0] === VERSION ? value.slice(1) : undefined
  } catch {
    return undefined
  }
}

function toCycle(fields: readonly unknown[] | undefined): Cycle | undefined {
  const [startedAt, finishedAt, lastKeys, lastDurationMs, ...reached] = fields ?? []
  if (typeof startedAt !== 'number') return undefined
  return {
    startedAt,
    finishedAt: numberOr(finishedAt),
    lastKeys: numberOr(lastKeys),
    lastDurationMs: numberOr(lastDurationMs),
    reached: reached.map(String)
  }
}

function numberOr(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

async function attempt<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    throw new StoreError(what, { cause })
  }
}
