import { type Datastore, Key } from 'interface-datastore'
import { StoreError } from '../errors.ts'
import type { PeerId } from '../ids.ts'
import { toPeerId } from '../ids.ts'
import type { LedgerRecord, LedgerStore, Logger } from '../ports.ts'

const PREFIX = '/barter/ledger'

/** The first member of a written record. Another number is a form that this version cannot read. */
const VERSION = 1

/**
 * Keeps ledgers in a datastore, one small JSON array each under `/barter/ledger/<peer>`. A record that cannot be read is
 * counted, logged and passed over: that partner starts afresh, and nobody else loses anything. Failures of the datastore
 * itself reject with `StoreError`.
 */
export class DatastoreLedgerStore implements LedgerStore {
  readonly #datastore: Datastore
  readonly #logger: Logger | undefined
  #corrupt = 0

  constructor(datastore: Datastore, logger?: Logger) {
    this.#datastore = datastore
    this.#logger = logger
  }

  /** Records passed over so far because they could not be read. */
  get corrupt(): number {
    return this.#corrupt
  }

  async *all(): AsyncGenerator<LedgerRecord> {
    try {
      for await (const { key, value } of this.#datastore.query({ prefix: `${PREFIX}/` })) {
        const record = decodeRecord(peerOf(key), value)
        if (record !== undefined) yield record
        else this.#skip(key)
      }
    } catch (error) {
      throw new StoreError('the ledgers cannot be read', { cause: error })
    }
  }

  async save(records: readonly LedgerRecord[]): Promise<void> {
    try {
      const batch = this.#datastore.batch()
      for (const record of records) batch.put(keyOf(record.peer), encodeRecord(record))
      await batch.commit()
    } catch (error) {
      throw new StoreError(`${records.length} ledgers cannot be written`, { cause: error })
    }
  }

  async remove(peers: readonly PeerId[]): Promise<void> {
    try {
      const batch = this.#datastore.batch()
      for (const peer of peers) batch.delete(keyOf(peer))
      await batch.commit()
    } catch (error) {
      throw new StoreError(`${peers.length} ledgers cannot be removed`, { cause: error })
    }
  }

  #skip(key: Key): void {
    this.#corrupt += 1
    this.#logger?.warn('a ledger cannot be read and is passed over', { key: key.toString() })
  }
}

/** A peer id is one member of the key, whatever characters it has. */
function keyOf(peer: PeerId): Key {
  return new Key(`${PREFIX}/${encodeURIComponent(peer)}`)
}

function peerOf(key: Key): string {
  return key.toString().slice(PREFIX.length + 1)
}

export function encodeRecord(record: LedgerRecord): Uint8Array {
  const { bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt } = record
  const fields = [VERSION, bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt]
  return new TextEncoder().encode(JSON.stringify(fields))
}

/** Undefined for anything but a record that this version writes. */
export function decodeRecord(peer: string, bytes: Uint8Array): LedgerRecord | undefined {
  try {
    const fields: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (!Array.isArray(fields) || fields.length !== 7 || !fields.every(isAmount) || fields[0] !== VERSION) {
      return undefined
    }
    const [, bytesSent = 0, bytesReceived = 0, exchanges = 0, recentSent = 0, recentReceived = 0, updatedAt = 0] =
      fields
    const name = toPeerId(decodeURIComponent(peer))
    return { peer: name, bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt }
  } catch {
    return undefined
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
