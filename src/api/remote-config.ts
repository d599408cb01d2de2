import type {
  ConfigChange,
  ConfigEntry,
  ConfigObject,
  ConfigOrigin,
  ConfigService,
  ProfileChange
} from './config-service.ts'
import { fields, list, text, type Fields } from './wire.ts'

type Query = Readonly<Record<string, string | boolean | readonly string[]>>

const ORIGINS: readonly ConfigOrigin[] = ['default', 'file', 'environment', 'flag']

/** The settings of a peer in another process. `ask` calls one of its commands, with a file when there is one. */
export class RemoteConfig implements ConfigService {
  readonly #ask: (command: string, query: Query, file?: Uint8Array) => Promise<Fields>

  constructor(ask: (command: string, query: Query, file?: Uint8Array) => Promise<Fields>) {
    this.#ask = ask
  }

  async get(key: string): Promise<unknown> {
    return (await this.#ask('config', { arg: key })).Value
  }

  /** A text goes as it is: whoever reads the config knows what it must hold. */
  async set(key: string, value: unknown): Promise<ConfigChange> {
    const isText = typeof value === 'string'
    const arg = [key, isText ? value : JSON.stringify(value)]
    return toChange(await this.#ask('config', { arg, ...(isText ? {} : { json: true }) }))
  }

  async show(): Promise<ConfigObject> {
    return await this.#ask('config/show', {})
  }

  async effective(): Promise<readonly ConfigEntry[]> {
    return list(await this.#ask('config/effective', {}), 'Settings').map((value) => {
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
    return toChange(await this.#ask('config/replace', {}, Buffer.from(JSON.stringify(config))))
  }

  async applyProfiles(names: string, { dryRun = false }: { readonly dryRun?: boolean } = {}): Promise<ProfileChange> {
    const answer = await this.#ask('config/profile/apply', { arg: names, 'dry-run': dryRun })
    const before = fields(answer.OldCfg, 'OldCfg')
    return { ...toChange(answer), before, after: fields(answer.NewCfg, 'NewCfg') }
  }

  async reload(): Promise<ConfigChange> {
    return toChange(await this.#ask('config/reload', {}))
  }

  async schema(): Promise<ConfigObject> {
    return await this.#ask('config/schema', {})
  }
}

function toChange(answer: Fields): ConfigChange {
  const texts = (name: string): readonly string[] => list(answer, name).map(String)
  return { changed: texts('Changed'), applied: texts('Applied'), restart: texts('Restart'), notes: texts('Notes') }
}
