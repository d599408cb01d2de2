import type { Override } from './override.ts'

/**
 * Kubo's variables that mean something here: `GOLOG_LOG_LEVEL` (`error`, or `error,libp2p=debug`), `GOLOG_LOG_FMT`
 * (`json`, or anything else for people), `GOLOG_FILE`, and `IPFS_HTTP_ROUTERS` (URLs with commas).
 */
export function kuboOverrides(env: Readonly<Record<string, string | undefined>>): readonly Override[] {
  const overrides: Override[] = []
  const set = (source: string, key: string, value: unknown): void => {
    overrides.push({ key, value, origin: 'environment', source })
  }
  const { GOLOG_LOG_LEVEL: levels, GOLOG_LOG_FMT: format, GOLOG_FILE: file, IPFS_HTTP_ROUTERS: routers } = env
  if (isGiven(levels)) setLevels(levels, (key, value) => set('GOLOG_LOG_LEVEL', key, value))
  if (isGiven(format)) set('GOLOG_LOG_FMT', 'Barter.Log.Format', format === 'json' ? 'json' : 'human')
  if (isGiven(file)) set('GOLOG_FILE', 'Barter.Log.File', file)
  if (isGiven(routers)) set('IPFS_HTTP_ROUTERS', 'Routing.DelegatedRouters', split(routers))
  return overrides
}

function setLevels(text: string, set: (key: string, value: unknown) => void): void {
  const parts = split(text.toLowerCase()).map((part) => part.split('='))
  const own = parts.flatMap(([name = '', level]) => (level === undefined ? [] : [[name, level] as const]))
  const [missing] = parts.find(([, level]) => level === undefined) ?? []
  if (missing !== undefined) set('Barter.Log.Level', missing)
  if (own.length > 0) set('Barter.Log.Levels', Object.fromEntries(own))
}

function split(text: string): readonly string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}
