/** What a peer does for its owner about its settings. Keys in dots, such as `Swarm.ConnMgr.HighWater`; values as in JSON. */
import type { MaybePromise } from '../../ports.ts'

/** A whole config, or a part of it that is an object. */
export type ConfigObject = Readonly<Record<string, unknown>>

/** Where a value comes from, the weakest first. */
export type ConfigOrigin = 'default' | 'file' | 'environment' | 'flag'

/** One setting as it is in force. */
export interface ConfigEntry {
  readonly key: string
  readonly value: unknown
  readonly origin: ConfigOrigin
  /** The variable, the flag or the file that says so; empty for a default. */
  readonly source: string
  /** A change takes hold without a restart. */
  readonly isLive: boolean
}

/** What came of a change. */
export interface ConfigChange {
  /** Keys that changed in the file. */
  readonly changed: readonly string[]
  /** Those of them that took hold at once. */
  readonly applied: readonly string[]
  /** Those that wait for the next start. */
  readonly restart: readonly string[]
  /** What else is to be known, such as a variable that goes before the file. */
  readonly notes: readonly string[]
}

export interface ProfileChange extends ConfigChange {
  /** The whole config before and after, without secrets. */
  readonly before: ConfigObject
  readonly after: ConfigObject
}

export interface ConfigService {
  /**
   * What the config file has under a key. Rejects with `NotFoundError` when it has nothing there, and with
   * `InvalidParametersError` for the private key, which nobody gets this way. Other secrets are left out of what it returns.
   */
  get(key: string): Promise<unknown>
  /** Writes one value into the config file. Nothing is written unless the whole config is right with it. */
  set(key: string, value: unknown): Promise<ConfigChange>
  /** The config file without secrets. */
  show(): Promise<ConfigObject>
  /** Every setting that is known, or that the file has, as it is in force; without secrets. */
  effective(): Promise<readonly ConfigEntry[]>
  /** Puts another config in the place of the file. The identity stays what it is. */
  replace(config: ConfigObject): Promise<ConfigChange>
  /** Applies profiles: one text, with commas. A dry run only tells what would come of it. */
  applyProfiles(names: string, options?: { readonly dryRun?: boolean }): Promise<ProfileChange>
  /** Reads the file again, and applies what can change while running. */
  reload(): Promise<ConfigChange>
  /** JSON Schema (2020-12) of the config file. */
  schema(): MaybePromise<ConfigObject>
}
