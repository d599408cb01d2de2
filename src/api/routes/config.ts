/** Settings, in Kubo's shapes where Kubo has them. `effective`, `schema` and `reload` are Barter's own. */
import { InvalidParametersError } from '../../errors.ts'
import { ApiError } from '../api-error.ts'
import { collect } from '../formats/collect.ts'
import type { ConfigChange, ConfigObject } from '../service/config-service.ts'
import { firstArg, flag, json, type Call, type Reply, type Route } from '../server/route.ts'
import type { PeerService } from '../service/peer-service.ts'

/** Largest config that is read. */
const MAX_CONFIG_BYTES = 1024 * 1024
/** Objects and lists within each other; what follows them may go no deeper. */
const MAX_DEPTH = 32

export const CONFIG_ROUTES: readonly Route[] = [
  {
    path: 'config',
    arg: { name: 'key', min: 1, many: true, told: 1 },
    options: [
      { name: 'bool', type: 'bool' },
      { name: 'json', type: 'bool' },
      { name: 'expand-auto', type: 'bool' }
    ],
    run: getOrSet
  },
  {
    path: 'config/show',
    options: [{ name: 'expand-auto', type: 'bool' }],
    run: async ({ config }) => json(await config.show())
  },
  {
    path: 'config/replace',
    file: 'file',
    run: async ({ config }, call) => json(changeJson(await config.replace(await readFile(call))))
  },
  {
    path: 'config/profile/apply',
    arg: { name: 'profile', min: 1 },
    options: [{ name: 'dry-run', type: 'bool' }],
    run: async ({ config }, call) => {
      const change = await config.applyProfiles(firstArg(call), { dryRun: flag(call, 'dry-run') })
      return json({ OldCfg: change.before, NewCfg: change.after, ...changeJson(change) })
    }
  },
  {
    path: 'config/effective',
    run: async ({ config }) =>
      json({
        Settings: (await config.effective()).map(({ key, value, origin, source, isLive }) => ({
          Key: key,
          Value: value ?? null,
          Origin: origin,
          Source: source,
          Live: isLive
        }))
      })
  },
  { path: 'config/reload', run: async ({ config }) => json(changeJson(await config.reload())) },
  { path: 'config/schema', run: async ({ config }) => json(await config.schema()) }
]

async function getOrSet({ config }: PeerService, call: Call): Promise<Reply> {
  const [key = '', text, ...rest] = call.args
  if (rest.length > 0) throw new InvalidParametersError('expected a key and a value')
  if (text === undefined) return json({ Key: key, Value: await config.get(key) })
  const value = valueOf(text, call)
  const change = await config.set(key, value)
  return json({ Key: key, Value: value, ...changeJson(change) })
}

function valueOf(text: string, call: Call): unknown {
  if (flag(call, 'bool')) {
    if (text !== 'true' && text !== 'false') throw new InvalidParametersError(`${text} is neither true nor false`)
    return text === 'true'
  }
  return flag(call, 'json') ? parse(text, 'failed to unmarshal json') : text
}

async function readFile(call: Call): Promise<ConfigObject> {
  for await (const part of call.files()) {
    const bytes = await collect(part.content, MAX_CONFIG_BYTES, tooLarge)
    const value = parse(Buffer.from(bytes).toString('utf8'), 'failed to decode file as config')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ConfigObject
    throw new InvalidParametersError('failed to decode file as config: it is no JSON object')
  }
  throw new InvalidParametersError("file argument 'file' is required")
}

function tooLarge(): Error {
  return new ApiError('large', `failed to decode file as config: it is larger than ${MAX_CONFIG_BYTES} bytes`)
}

function parse(text: string, what: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InvalidParametersError(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  if (!isDeeper(value, MAX_DEPTH)) return value
  throw new ApiError('parse', `${what}: it is nested more than ${MAX_DEPTH} deep`)
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/** What came of a change, as the API tells it. */
export function changeJson({ changed, applied, restart, notes }: ConfigChange) {
  return { Changed: changed, Applied: applied, Restart: restart, Notes: notes }
}
