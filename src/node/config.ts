import { readFile } from 'node:fs/promises'
import type { Identity } from './identity.ts'
import { reasonOf, RepoError, systemCode } from './repo-error.ts'
import { writeFileAtomic } from './write-file.ts'

/** A JSON object. Keys that Barter does not know stay in it, and survive a rewrite. */
export type JsonObject = Record<string, unknown>

/** The part of the config that Barter reads, with Kubo's keys. `source` is all of it, as it stands in the file. */
export interface Config {
  readonly identity: Identity
  /** Multiaddrs to listen on for peers. */
  readonly swarm: readonly string[]
  /** Multiaddrs to listen on for the HTTP API. */
  readonly api: readonly string[]
  readonly announce: readonly string[]
  readonly appendAnnounce: readonly string[]
  readonly noAnnounce: readonly string[]
  /** Serve other peers at all (`Bitswap.ServerEnabled`). */
  readonly serverEnabled: boolean
  /** Where blocks and metadata lie, as storage specifications, relative to the repo (`Barter.Blocks`, `Barter.Metadata`). */
  readonly storage: StorageChoice
  /** Shown by `repo stat`; a number of bytes or a text such as `10GB`. */
  readonly storageMax: string
  readonly source: JsonObject
}

export interface StorageChoice {
  readonly blocks: string
  readonly metadata: string
}

/** Files for blocks, LevelDB for metadata. */
export const DEFAULT_STORAGE: StorageChoice = { blocks: 'fs:blocks', metadata: 'level:datastore' }

/** The smallest config that Barter, and a user of Kubo, are at home with. */
export function defaultConfig(identity: Identity): JsonObject {
  return {
    Identity: { ...identity },
    Addresses: {
      Swarm: ['/ip4/0.0.0.0/tcp/4001'],
      Announce: [],
      AppendAnnounce: [],
      NoAnnounce: [],
      API: '/ip4/127.0.0.1/tcp/5001',
      Gateway: '/ip4/127.0.0.1/tcp/8080'
    },
    API: { HTTPHeaders: {}, Authorizations: null },
    Bootstrap: [],
    Peering: { Peers: null },
    Discovery: { MDNS: { Enabled: false } },
    Routing: { Type: 'none' },
    Bitswap: {},
    Internal: { Bitswap: {} },
    Datastore: { StorageMax: '10GB', StorageGCWatermark: 90, GCPeriod: '1h', BloomFilterSize: 0 },
    Swarm: { ConnMgr: {}, ResourceMgr: {}, AddrFilters: null },
    Provide: {},
    Gateway: {},
    Plugins: { Plugins: {} }
  }
}

/** Reads and checks a config file. Throws `RepoError` that names the file, the key and what was expected. */
export async function readConfig(path: string): Promise<Config> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw configError(path, 'it is missing: put it back from a copy', error)
    throw configError(path, `it cannot be read (${reasonOf(error)})`, error)
  }
  return parseConfig(text, path)
}

/** Writes the whole config, readable by its owner only. */
export async function writeConfig(path: string, config: JsonObject): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(config, null, 2)}\n`, 0o600)
}

export function parseConfig(text: string, path: string): Config {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw configError(path, `it is not JSON (${reasonOf(error)}): mend it, or put it back from a copy`, error)
  }
  if (!isObject(value)) throw configError(path, 'it is not a JSON object: put it back from a copy')
  const read = new Reader(path, value)
  return {
    identity: { PeerID: read.text('Identity', 'PeerID'), PrivKey: read.text('Identity', 'PrivKey') },
    swarm: read.texts('Addresses', 'Swarm'),
    api: read.texts('Addresses', 'API'),
    announce: read.texts('Addresses', 'Announce'),
    appendAnnounce: read.texts('Addresses', 'AppendAnnounce'),
    noAnnounce: read.texts('Addresses', 'NoAnnounce'),
    serverEnabled: read.flag('Bitswap', 'ServerEnabled', true),
    storage: {
      blocks: read.optionalText('Barter', 'Blocks', DEFAULT_STORAGE.blocks),
      metadata: read.optionalText('Barter', 'Metadata', DEFAULT_STORAGE.metadata)
    },
    storageMax: read.optionalText('Datastore', 'StorageMax', ''),
    source: value
  }
}

/** Reads `section.key` of the config, and says which one is wrong. */
class Reader {
  readonly #path: string
  readonly #config: JsonObject

  constructor(path: string, config: JsonObject) {
    this.#path = path
    this.#config = config
  }

  text(section: string, key: string): string {
    const value = this.#value(section, key)
    if (typeof value !== 'string' || value === '') throw this.#wrong(section, key, 'a text')
    return value
  }

  optionalText(section: string, key: string, missing: string): string {
    const value = this.#value(section, key)
    if (value === undefined || value === null) return missing
    if (typeof value !== 'string' && typeof value !== 'number') throw this.#wrong(section, key, 'a text')
    return String(value)
  }

  /** A text or a list of texts; none at all is an empty list. */
  texts(section: string, key: string): readonly string[] {
    const value = this.#value(section, key)
    if (value === undefined || value === null || value === '') return []
    const list: unknown[] = Array.isArray(value) ? value : [value]
    return list.map((entry) => {
      if (typeof entry !== 'string') throw this.#wrong(section, key, 'a text or a list of texts')
      return entry
    })
  }

  /** Kubo's flags are `true`, `false` or `null` for "as by default". */
  flag(section: string, key: string, missing: boolean): boolean {
    const value = this.#value(section, key)
    if (value === undefined || value === null) return missing
    if (typeof value !== 'boolean') throw this.#wrong(section, key, 'true, false or null')
    return value
  }

  #value(section: string, key: string): unknown {
    const group = this.#config[section]
    if (group === undefined || group === null) return undefined
    if (!isObject(group)) throw configError(this.#path, `${section} is not an object`)
    return group[key]
  }

  #wrong(section: string, key: string, expected: string): RepoError {
    return configError(this.#path, `${section}.${key} is missing or wrong: expected ${expected}`)
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function configError(path: string, what: string, cause?: unknown): RepoError {
  return new RepoError('ERR_REPO_CONFIG', `the config ${path} cannot be used: ${what}`, { cause })
}
