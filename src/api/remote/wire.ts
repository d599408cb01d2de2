/**
 * Reads the answers of the HTTP API. They come from another process, perhaps of another version or another program:
 * every field is checked, and what is missing is an error that names it.
 */
import { ApiError } from '../api-error.ts'
import type { FileAttributes } from '../../content/unixfs-node.ts'
import { parseGoMode } from '../formats/file-mode.ts'
import { parseTimeText } from '../formats/file-time.ts'
import type { StoreRow } from '../service/insight-snapshot.ts'
import type { IdInfo } from '../service/id-info.ts'
import type * as Service from '../service/peer-service.ts'

export type Fields = Readonly<Record<string, unknown>>

export function parse(text: string): Fields {
  return fields(parseValue(text), 'the answer')
}

export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ApiError('command', 'the daemon answered with something else than JSON', { cause })
  }
}

export function toVersion(answer: Fields): Service.VersionInfo {
  return {
    // What stands for Kubo's clients is another number.
    version: typeof answer.Barter === 'string' ? answer.Barter : text(answer, 'Version'),
    commit: text(answer, 'Commit'),
    repo: text(answer, 'Repo'),
    system: text(answer, 'System'),
    runtime: text(answer, 'Golang')
  }
}

export function toId(answer: Fields): IdInfo {
  return {
    id: text(answer, 'ID'),
    publicKey: text(answer, 'PublicKey'),
    addresses: texts(answer, 'Addresses'),
    agentVersion: text(answer, 'AgentVersion'),
    protocols: texts(answer, 'Protocols')
  }
}

export function toAddEvent(line: Fields): Service.AddEvent {
  const path = text(line, 'Name')
  if (typeof line.Bytes === 'number') return { type: 'progress', path, bytes: line.Bytes }
  return { type: 'added', path, cid: text(line, 'Hash'), size: Number(text(line, 'Size')) }
}

export function toLinks(answer: Fields): readonly Service.LinkInfo[] {
  const object = fields(list(answer, 'Objects')[0], 'Objects')
  return list(object, 'Links').map((value) => {
    const link = fields(value, 'Links')
    return {
      name: text(link, 'Name'),
      cid: text(link, 'Hash'),
      size: number(link, 'Size'),
      type: ({ 0: 'unknown', 1: 'folder', 4: 'link', 5: 'folder' } as const)[number(link, 'Type')] ?? 'file',
      target: text(link, 'Target'),
      ...attributesOf(link)
    }
  })
}

/** Left out by older versions. */
function attributesOf({ Mode, ModTime }: Fields): FileAttributes {
  const mode = typeof Mode === 'number' ? parseGoMode(Mode) : undefined
  const mtime = typeof ModTime === 'string' ? parseTimeText(ModTime) : undefined
  return { ...(mode === undefined ? {} : { mode }), ...(mtime === undefined ? {} : { mtime }) }
}

export function toBlock(answer: Fields): Service.BlockInfo {
  return { cid: text(answer, 'Key'), size: number(answer, 'Size') }
}

export function toRemoval(line: Fields): Service.RemoveResult {
  const cid = text(line, 'Hash')
  return typeof line.Error === 'string' && line.Error !== '' ? { cid, error: line.Error } : { cid }
}

/** `connect <peer> success`, or `disconnect <peer> failure: <why>`. */
export function toSwarmResult(answer: Fields): Service.SwarmResult {
  const line = toStrings(answer)[0] ?? ''
  const peer = line.split(' ')[1] ?? ''
  const failure = / failure: (.*)$/su.exec(line)?.[1]
  return failure === undefined ? { peer } : { peer, error: failure }
}

export function toSwarmPeers(answer: Fields): readonly Service.SwarmPeer[] {
  return list(answer, 'Peers').map((value) => {
    const peer = fields(value, 'Peers')
    const latency = /^([\d.]+)ms$/u.exec(typeof peer.Latency === 'string' ? peer.Latency : '')?.[1]
    return {
      address: text(peer, 'Addr'),
      peer: text(peer, 'Peer'),
      latencyMs: latency === undefined ? undefined : Number(latency),
      direction: peer.Direction === 1 ? 'inbound' : 'outbound',
      streams: list(peer, 'Streams').map((stream) => text(fields(stream, 'Streams'), 'Protocol'))
    }
  })
}

export function toAddresses(answer: Fields): ReadonlyMap<string, readonly string[]> {
  const addresses = fields(answer.Addrs, 'Addrs')
  return new Map(Object.keys(addresses).map((peer) => [peer, texts(addresses, peer)]))
}

export function toStrings(answer: Fields): readonly string[] {
  return texts(answer, 'Strings')
}

export function toKept(line: Fields): Service.SwarmResult {
  return { peer: text(line, 'ID') }
}

export function toKeptPeers(answer: Fields): readonly Service.KeptPeerInfo[] {
  return list(answer, 'Peers').map((value) => {
    const peer = fields(value, 'Peers')
    return { peer: text(peer, 'ID'), addresses: texts(peer, 'Addrs') }
  })
}

export function toPeers(answer: Fields): readonly string[] {
  return texts(answer, 'Peers')
}

export function toBitswap(answer: Fields): Service.BitswapInfo {
  return {
    wantlist: cids(answer, 'Wantlist'),
    peers: texts(answer, 'Peers'),
    blocksReceived: number(answer, 'BlocksReceived'),
    dataReceived: number(answer, 'DataReceived'),
    dupBlocksReceived: number(answer, 'DupBlksReceived'),
    dupDataReceived: number(answer, 'DupDataReceived'),
    messagesReceived: number(answer, 'MessagesReceived'),
    blocksSent: number(answer, 'BlocksSent'),
    dataSent: number(answer, 'DataSent')
  }
}

export function toWantlist(answer: Fields): readonly string[] {
  return cids(answer, 'Keys')
}

export function toLedger(answer: Fields): Service.LedgerInfo {
  return {
    peer: text(answer, 'Peer'),
    debtRatio: number(answer, 'Value'),
    bytesSent: number(answer, 'Sent'),
    bytesReceived: number(answer, 'Recv'),
    exchanges: number(answer, 'Exchanged')
  }
}

export function toLedgers(answer: Fields): readonly Service.LedgerInfo[] {
  return list(answer, 'Ledgers').map((value) => toLedger(fields(value, 'Ledgers')))
}

export function toRepo(answer: Fields): Service.RepoInfo {
  return {
    path: typeof answer.RepoPath === 'string' ? answer.RepoPath : '',
    version: typeof answer.Version === 'string' ? answer.Version : '',
    size: number(answer, 'RepoSize'),
    storageMax: typeof answer.StorageMax === 'number' ? answer.StorageMax : undefined,
    blocks: typeof answer.NumObjects === 'number' ? answer.NumObjects : 0,
    ...(answer.Stores === undefined ? {} : { stores: list(answer, 'Stores').map(toStoreRow) })
  }
}

function toStoreRow(value: unknown): StoreRow {
  const row = fields(value, 'Stores')
  return {
    store: text(row, 'Store'),
    reads: number(row, 'Reads'),
    hits: number(row, 'Hits'),
    misses: number(row, 'Misses'),
    readBytes: number(row, 'ReadBytes'),
    readMs: number(row, 'ReadMs'),
    writes: number(row, 'Writes'),
    writtenBytes: number(row, 'WrittenBytes'),
    writeMs: number(row, 'WriteMs'),
    errors: number(row, 'Errors')
  }
}

export function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null) throw wrong(name)
  return value as Fields
}

export function text(answer: Fields, name: string): string {
  const value = answer[name]
  if (typeof value !== 'string') throw wrong(name)
  return value
}

export function number(answer: Fields, name: string): number {
  const value = answer[name]
  if (typeof value !== 'number') throw wrong(name)
  return value
}

/** What may be missing; so is `null`. */
export function optional<Value>(
  from: Fields,
  name: string,
  read: (from: Fields, name: string) => Value
): Value | undefined {
  return from[name] === undefined || from[name] === null ? undefined : read(from, name)
}

/** A missing list and `null` are empty lists on this wire. */
export function list(answer: Fields, name: string): readonly unknown[] {
  const value = answer[name] ?? []
  if (!Array.isArray(value)) throw wrong(name)
  return value
}

export function texts(answer: Fields, name: string): readonly string[] {
  return list(answer, name).map(String)
}

function cids(answer: Fields, name: string): readonly string[] {
  return list(answer, name).map((value) => text(fields(value, name), '/'))
}

function wrong(name: string): ApiError {
  return new ApiError('command', `the daemon's answer has no usable "${name}": is it of another version?`)
}
