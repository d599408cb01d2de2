import type { ApiCaller } from './api-caller.ts'
import { ApiError } from '../api-error.ts'
import { oneChunk } from '../formats/collect.ts'
import type {
  ConfigChange,
  ConfigEntry,
  ConfigObject,
  ConfigOrigin,
  ConfigService,
  ProfileChange
} from '../service/config-service.ts'
import { writeMultipart } from './multipart-write.ts'
import type { AddCandidate } from '../service/peer-service.ts'
import { fields, list, text, type Fields } from './wire.ts'

const ORIGINS: readonly ConfigOrigin[] = ['default', 'file', 'environment', 'flag']

/** The settings of a peer in another process. */
export class RemoteConfig implements ConfigService {
  readonly #calls: ApiCaller

  constructor(calls: ApiCaller) {
    this.#calls = calls
  }

  async get(key: string): Promise<unknown> {
    return (await this.#calls.json('config', { arg: key })).Value
  }

  /** A text goes as it is: whoever reads the config knows what it must hold. */
  async set(key: string, value: unknown): Promise<ConfigChange> {
    const isText = typeof value === 'string'
    const arg = [key, isText ? value : JSON.stringify(value)]
    return toChange(await this.#calls.json('config', { arg, ...(isText ? {} : { json: true }) }))
  }

  async show(): Promise<ConfigObject> {
    return await this.#calls.json('config/show', {})
  }

  async effective(): Promise<readonly ConfigEntry[]> {
    return list(await this.#calls.json('config/effective', {}), 'Settings').map((value) => {
      const entry = fields(value, 'Settings')
      const origin = text(entry, 'Origin')
      return {
        key: text(entry, 'Key'),
        value: entry.Value,
        origin: ORIGINS.find((one) => one === origin) ?? 'file',
        source: text(entry, 'Source'),
        isLive: entry.Live === true
      }
    })
  }

  async replace(config: ConfigObject): Promise<ConfigChange> {
    const body = writeMultipart(oneFile(Buffer.from(JSON.stringify(config))))
    for await (const line of this.#calls.lines('config/replace', {}, {}, body)) return toChange(line)
    throw new ApiError('command', 'the daemon answered config/replace with nothing')
  }

  async applyProfiles(names: string, { dryRun = false }: { readonly dryRun?: boolean } = {}): Promise<ProfileChange> {
    const answer = await this.#calls.json('config/profile/apply', { arg: names, 'dry-run': dryRun })
    const before = fields(answer.OldCfg, 'OldCfg')
    return { ...toChange(answer), before, after: fields(answer.NewCfg, 'NewCfg') }
  }

  async reload(): Promise<ConfigChange> {
    return toChange(await this.#calls.json('config/reload', {}))
  }

  async schema(): Promise<ConfigObject> {
    return await this.#calls.json('config/schema', {})
  }
}

function toChange(answer: Fields): ConfigChange {
  const texts = (name: string): readonly string[] => list(answer, name).map(String)
  return { changed: texts('Changed'), applied: texts('Applied'), restart: texts('Restart'), notes: texts('Notes') }
}

// eslint-disable-next-line @typescript-eslint/require-await -- one candidate, as a stream
async function* oneFile(bytes: Uint8Array): AsyncGenerator<AddCandidate> {
  yield { type: 'file', path: 'config', content: oneChunk(bytes) }
}
