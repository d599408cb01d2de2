import type { Datastore } from 'interface-datastore'
import type { PeerId } from '../ids.ts'
import type { LedgerRecord, Logger } from '../ports.ts'
import { DatastoreRecords, isAmount, readFields } from './record-store.ts'

/** The first member of a written record. Another number is a form that this version cannot read. */
const VERSION = 1

/** Keeps ledgers in a datastore, one small JSON array each under `/barter/ledger/<peer>`. */
export class DatastoreLedgerStore extends DatastoreRecords<LedgerRecord> {
  constructor(datastore: Datastore, logger?: Logger) {
    super({ prefix: '/barter/ledger', what: 'ledgers', encode: encodeRecord, decode }, datastore, logger)
  }
}

export function encodeRecord(record: LedgerRecord): Uint8Array {
  const { bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt } = record
  const fields = [VERSION, bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt]
  return new TextEncoder().encode(JSON.stringify(fields))
}

function decode(peer: PeerId, bytes: Uint8Array): LedgerRecord | undefined {
  const [version, ...amounts] = readFields(bytes)
  if (version !== VERSION || amounts.length !== 6 || !amounts.every(isAmount)) return undefined
  const [bytesSent = 0, bytesReceived = 0, exchanges = 0, recentSent = 0, recentReceived = 0, updatedAt = 0] = amounts
  return { peer, bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt }
}
