import type {
  ConfigChange,
  ConfigEntry,
  ConfigObject,
  ConfigService,
  ProfileChange
} from '../../api/service/config-service.ts'
import { InvalidParametersError, NotFoundError } from '../../errors.ts'
import { didYouMean } from '../../did-you-mean.ts'
import { ConfigError } from '../config/config-error.ts'
import { parseConfig, readConfig, updateConfig, type Config } from '../config/config.ts'
import { changedKeys, effectiveEntries } from '../config/effective.ts'
import { isObject, valueAt, type JsonObject } from '../config/json.ts'
import { configJsonSchema } from '../config/json-schema.ts'
import { KNOWN_KEYS, knownKey } from '../config/known-keys.ts'
import { readText, withValue } from '../config/overrides.ts'
import { isSecretPath, restoreSecrets, withoutSecrets } from '../config/secrets.ts'
import type { Settings } from '../config/schema.ts'
import { strangersNote } from '../config/strangers.ts'
import { applyProfiles } from '../repo/profiles.ts'

export interface LocalConfigParts {
  /** The config as this process started with it. */
  readonly config: Config
  /**
   * Makes settings take hold in this process; resolves with those of the keys that did. Left out by who runs nothing that
   * settings could change.
   */
  readonly apply?: (keys: readonly string[], next: Settings) => Promise<readonly string[]>
  /** Throws `InvalidParametersError` where `apply` would, before anything is written. */
  readonly check?: (keys: readonly string[], next: Settings) => void
  /** Told of each config that was read or written, before anything is done with it. */
  readonly learned?: (next: Config) => void
  /** Runs a change while no other process can change the same file; left out by who holds the repo anyhow. */
  readonly exclusively?: Exclusively
}

export type Exclusively = <Result>(run: () => Promise<Result>) => Promise<Result>

/** In Kubo's words. */
const PRIVATE_KEY = 'cannot show or change private key through API'

/** The config file of a repo, and what of it is in force in this process. */
export class LocalConfig implements ConfigService {
  readonly #apply: LocalConfigParts['apply']
  readonly #check: LocalConfigParts['check']
  readonly #learned: LocalConfigParts['learned']
  readonly #exclusively: Exclusively
  #inForce: Config

  constructor({ config, apply, check, learned, exclusively = (run) => run() }: LocalConfigParts) {
    this.#inForce = config
    this.#apply = apply
    this.#check = check
    this.#learned = learned
    this.#exclusively = exclusively
  }

  async get(key: string): Promise<unknown> {
    const path = this.#pathOf(key)
    if (isSecretPath(path)) throw new InvalidParametersError(`cannot show ${key}: it is a secret`)
    const config = await this.#read()
    const value = valueAt(config.source, path)
    // The beginning is as in Kubo.
    if (value === undefined)
      throw new NotFoundError(`failed to get config value: ${key} not found${hintFor(key, config)}`)
    return withoutSecrets(value, path)
  }

  async set(key: string, value: unknown): Promise<ConfigChange> {
    const path = this.#pathOf(key)
    if (path[0]?.toLowerCase() === 'identity') throw new InvalidParametersError(PRIVATE_KEY)
    const form = knownKey(key)?.form
    const isTyped = typeof value === 'string' && (form === 'number' || form === 'flag' || form === 'json')
    const next = isTyped ? readText(form, value) : value
    const isMeant = (one: string): boolean => one === key || one.startsWith(`${key}.`)
    const { change } = await this.#write((source) => withValue(source, path, next), isMeant)
    return change
  }

  async show(): Promise<ConfigObject> {
    return shown((await this.#read()).source)
  }

  async effective(): Promise<readonly ConfigEntry[]> {
    return effectiveEntries(await this.#read())
  }

  async replace(config: ConfigObject): Promise<ConfigChange> {
    const { change } = await this.#write((source) => {
      const { Identity: identity } = config
      const own = isObject(source.Identity) ? source.Identity : {}
      if (isObject(identity) && ['PrivKey', 'PeerID'].some((name) => isOther(identity[name], own[name]))) {
        throw new InvalidParametersError('setting private key with API is not supported')
      }
      return restoreSecrets({ ...config, Identity: own }, source)
    })
    return change
  }

  async applyProfiles(names: string, { dryRun = false }: { readonly dryRun?: boolean } = {}): Promise<ProfileChange> {
    const current = await this.#read()
    if (dryRun) {
      const after = applyProfiles(current.source, names, { isNew: false })
      const next = parseConfig(JSON.stringify(after), current.file, current.overrides)
      const changed = changedKeys(current.source, after)
      const change = { changed, applied: [], restart: [], notes: unreadNotes(next) }
      return { ...change, before: shown(current.source), after: shown(after) }
    }
    const { before, after, change } = await this.#write((source) => applyProfiles(source, names, { isNew: false }))
    return { ...change, before: shown(before), after: shown(after) }
  }

  async reload(): Promise<ConfigChange> {
    const next = await this.#read()
    const changed = changedKeys(this.#inForce.merged, next.merged)
    const done = await this.#takeHold(changed, changed, next)
    return { ...done, notes: [...done.notes, ...unreadNotes(next)] }
  }

  schema(): ConfigObject {
    return configJsonSchema()
  }

  /**
   * The whole config must be right with a change, alone and with what goes before it, or nothing is written. Of the keys
   * that nothing reads, those that are meant are told of.
   */
  async #write(
    change: (source: JsonObject) => JsonObject,
    isMeant?: (key: string) => boolean
  ): Promise<{ before: JsonObject; after: JsonObject; change: ConfigChange }> {
    const { file, overrides } = this.#inForce
    let before: JsonObject = {}
    const checked = (source: JsonObject): JsonObject => {
      before = source
      const after = change(source)
      const text = JSON.stringify(after)
      refused(() => {
        parseConfig(text, file)
        const next = parseConfig(text, file, overrides)
        this.#check?.(liveOf(inForceOf(changedKeys(source, next.source), next)), next)
      })
      return after
    }
    const written = await this.#exclusively(() => updateConfig(file, checked))
    const next = parseConfig(JSON.stringify(written.source), file, overrides)
    const changed = changedKeys(before, next.source)
    const done = await this.#takeHold(changed, inForceOf(changed, next), next)
    return { before, after: next.source, change: { ...done, notes: [...done.notes, ...unreadNotes(next, isMeant)] } }
  }

  async #takeHold(changed: readonly string[], wanted: readonly string[], next: Config): Promise<ConfigChange> {
    this.#learned?.(next)
    const known = wanted.filter((key) => knownKey(key) !== undefined)
    const live = liveOf(known)
    const applied = live.length === 0 ? [] : ((await this.#apply?.(live, next)) ?? [])
    // What waits for a start is told again at the next look, until that start; what was written by hand, at the first.
    const isWaiting = (key: string): boolean => knownKey(key) !== undefined && !applied.includes(key)
    const waits = changedKeys(this.#inForce.merged, next.merged).some(isWaiting)
    this.#inForce = waits ? this.#with(applied, next) : next
    const restart = this.#apply === undefined ? [] : known.filter((key) => !applied.includes(key))
    const notes = changed
      .map((key) => next.overrides.findLast((one) => one.key === key))
      .filter((one) => one !== undefined)
      .map(({ key, source }) => `${source} goes before the file: ${key} stays as it is`)
    return { changed, applied, restart, notes }
  }

  /** What is in force once some keys of another config are. */
  #with(keys: readonly string[], next: Config): Config {
    const merged = keys.reduce(
      (config, key) => withValue(config, key.split('.'), valueAt(next.merged, key.split('.'))),
      this.#inForce.merged
    )
    return { ...this.#inForce, merged }
  }

  async #read(): Promise<Config> {
    return await readConfig(this.#inForce.file, this.#inForce.overrides)
  }

  #pathOf(key: string): readonly string[] {
    const path = key.split('.')
    if (path.includes(''))
      throw new InvalidParametersError(`${JSON.stringify(key)} is no key: expected one such as Addresses.API`)
    if (/^identity(?:\.privkey)?$/iu.test(key)) throw new InvalidParametersError(PRIVATE_KEY)
    return path
  }
}

/** Those of the keys that nothing goes before. */
function inForceOf(keys: readonly string[], { overrides }: Config): readonly string[] {
  return keys.filter((key) => !overrides.some((one) => one.key === key))
}

function liveOf(keys: readonly string[]): readonly string[] {
  return keys.filter((key) => knownKey(key)?.isLive === true)
}

function shown(source: JsonObject): ConfigObject {
  return withoutSecrets(source) as ConfigObject
}

function isOther(given: unknown, own: unknown): boolean {
  return given !== undefined && given !== own
}

/** What holds of a key that the file does not have. */
function hintFor(key: string, config: Config): string {
  const known = knownKey(key)
  if (known === undefined) {
    return didYouMean(
      key,
      KNOWN_KEYS.map((one) => one.key)
    )
  }
  const over = config.overrides.findLast((one) => one.key === key)
  const given = `${over?.source ?? ''} gives it${known.isSecret === true ? '' : `: ${JSON.stringify(over?.value)}`}`
  const missing = `its default holds: ${known.rule ?? JSON.stringify(known.missing ?? null)}`
  return ` in the file; ${over === undefined ? missing : given}. All that holds: \`barter config show --origin\``
}

/** What a flag would be refused for: the file may also be another program's. */
function unreadNotes(config: Config, isMeant: (key: string) => boolean = () => true): readonly string[] {
  const note = strangersNote(effectiveEntries(config).filter(({ key }) => isMeant(key)))
  return note === undefined ? [] : [note]
}

/** The file stays as it was: what is wrong is what was to be put into it. */
function refused<Result>(check: () => Result): Result {
  try {
    return check()
  } catch (error) {
    const isSetting = error instanceof ConfigError
    if (!isSetting && !(error instanceof InvalidParametersError)) throw error
    const problem = isSetting ? error.problem : error.message
    throw new InvalidParametersError(`refused, and nothing was written: ${problem}`, { cause: error })
  }
}
