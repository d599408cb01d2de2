import type { StoreRow } from '../service/insight-snapshot.ts'
import { flag, json, type Route } from '../server/route.ts'

const stat: Route['run'] = async (service, call) => {
  const [sizeOnly, io] = [flag(call, 'size-only'), flag(call, 'io')]
  const info = await service.repoStat({ signal: call.signal, sizeOnly, io })
  const stores = info.stores === undefined ? {} : { Stores: info.stores.map(storeJson) }
  const common = { RepoSize: info.size, StorageMax: info.storageMax ?? null, ...stores }
  if (sizeOnly) return json(common)
  return json({ ...common, NumObjects: info.blocks, RepoPath: info.path, Version: info.version })
}

function storeJson(row: StoreRow) {
  return {
    Store: row.store,
    Reads: row.reads,
    Hits: row.hits,
    Misses: row.misses,
    ReadBytes: row.readBytes,
    ReadMs: row.readMs,
    Writes: row.writes,
    WrittenBytes: row.writtenBytes,
    WriteMs: row.writeMs,
    Errors: row.errors
  }
}

const OPTIONS = [
  { name: 'size-only', also: ['s'], type: 'bool' },
  { name: 'human', also: ['H'], type: 'bool' },
  { name: 'io', type: 'bool' }
] as const

export const REPO_ROUTES: readonly Route[] = [
  { path: 'repo/stat', options: OPTIONS, run: stat },
  { path: 'stats/repo', options: OPTIONS, run: stat },
  {
    path: 'repo/version',
    options: [{ name: 'quiet', also: ['q'], type: 'bool' }],
    run: async (service) => json({ Version: (await service.version()).repo })
  }
]
