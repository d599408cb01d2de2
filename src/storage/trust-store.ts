import type { Datastore } from 'interface-datastore'
import type { PeerId } from '../ids.ts'
import type { Logger, TrustRecord } from '../ports.ts'
import { DatastoreRecords, isAmount, readFields } from './record-store.ts'

/** The first member of a written record. Another number is a form that this version cannot read. */
const VERSION = 1
const AMOUNTS = 8

/** Keeps what is known of peers in a datastore, one small JSON array each under `/barter/trust/<peer>`. */
export class DatastoreTrustStore extends DatastoreRecords<TrustRecord> {
  constructor(datastore: Datastore, logger?: Logger) {
    super({ prefix: '/barter/trust', what: 'records of trust', encode, decode }, datastore, logger)
  }
}

function encode(record: TrustRecord): Uint8Array {
  const { delivered, broken, mismatches, latencyMs, bytesPerSecond, bans, bannedUntil, updatedAt, reason } = record
  const amounts = [delivered, broken, mismatches, latencyMs, bytesPerSecond, bans, bannedUntil, updatedAt]
  return new TextEncoder().encode(JSON.stringify([VERSION, ...amounts, reason]))
}

function decode(peer: PeerId, bytes: Uint8Array): TrustRecord | undefined {
  const [version, ...fields] = readFields(bytes)
  const amounts = fields.slice(0, AMOUNTS)
  const reason = fields[AMOUNTS]
  if (version !== VERSION || fields.length !== AMOUNTS + 1 || !amounts.every(isAmount)) return undefined
  if (typeof reason !== 'string') return undefined
  const [delivered = 0, broken = 0, mismatches = 0, latencyMs = 0, bytesPerSecond = 0] = amounts
  const [bans = 0, bannedUntil = 0, updatedAt = 0] = amounts.slice(5)
  return { peer, delivered, broken, mismatches, latencyMs, bytesPerSecond, bans, bannedUntil, reason, updatedAt }
}
