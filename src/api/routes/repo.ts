import { flag, json, type Route } from '../route.ts'

const stat: Route['run'] = async (service, call) => {
  const info = await service.repoStat({ signal: call.signal, sizeOnly: flag(call, 'size-only') })
  const common = { RepoSize: info.size, StorageMax: info.storageMax ?? null }
  if (flag(call, 'size-only')) return json(common)
  return json({ ...common, NumObjects: info.blocks, RepoPath: info.path, Version: info.version })
}

const OPTIONS = [
  { name: 'size-only', also: ['s'], type: 'bool' },
  { name: 'human', also: ['H'], type: 'bool' }
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
