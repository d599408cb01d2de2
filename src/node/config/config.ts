import { readFile } from 'node:fs/promises'
import type { Identity } from '../identity.ts'
import { reasonOf, systemCode } from '../repo-error.ts'
import { writeFileAtomic } from '../write-file.ts'
import { readAddresses, type AddressesConfig } from './addresses-section.ts'
import { readBitswap, type BitswapConfig } from './bitswap-section.ts'
import { readDiscovery, type DiscoveryConfig } from './discovery-section.ts'
import { isObject, type JsonObject } from './json.ts'
import { readProvide, type ProvideConfig } from './provide-section.ts'
import { configError, ConfigReader } from './reader.ts'
import { readRouting, type RoutingConfig } from './routing-section.ts'
import { readStorage, type StorageConfig } from './storage-section.ts'
import { readSwarm, type SwarmConfig } from './swarm-section.ts'

/** The settings of a peer, with or without a repo, by Kubo's keys; one file for each section. */
export interface Settings {
  readonly addresses: AddressesConfig
  readonly bitswap: BitswapConfig
  readonly discovery: DiscoveryConfig
  readonly provide: ProvideConfig
  readonly routing: RoutingConfig
  readonly swarm: SwarmConfig
}

/** The part of a config file that Barter reads. */
export interface Config extends Settings {
  readonly identity: Identity
  readonly storage: StorageConfig
  /** All of it, as it stands in the file. */
  readonly source: JsonObject
}

/** Reads and checks a config file. Throws `RepoError` that names the file, the key, its value and what was expected. */
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

/** Changes a config file as it stands now. Throws what `readConfig` does, before and after the change. */
export async function updateConfig(path: string, change: (config: JsonObject) => JsonObject): Promise<Config> {
  const source = change((await readConfig(path)).source)
  const config = parseConfig(JSON.stringify(source), path)
  await writeConfig(path, source)
  return config
}

export function parseConfig(text: string, path: string): Config {
  let source: unknown
  try {
    source = JSON.parse(text)
  } catch (error) {
    throw configError(path, `it is not JSON (${reasonOf(error)}): mend it, or put it back from a copy`, error)
  }
  if (!isObject(source)) throw configError(path, 'it is not a JSON object: put it back from a copy')
  const config = new ConfigReader(path, source)
  const identity = config.section('Identity')
  return {
    identity: { PeerID: identity.text('PeerID'), PrivKey: identity.secret('PrivKey') },
    storage: readStorage(config),
    ...readSections(config),
    source
  }
}

/** The settings in an object with the keys of a config file. `where` names it in errors. */
export function readSettings(source: JsonObject, where: string): Settings {
  return readSections(new ConfigReader(where, source))
}

function readSections(config: ConfigReader): Settings {
  config.section('Barter').only('Blocks', 'Metadata', 'Providers', 'Limits', 'Policy')
  return {
    addresses: readAddresses(config),
    bitswap: readBitswap(config),
    discovery: readDiscovery(config),
    provide: readProvide(config),
    routing: readRouting(config),
    swarm: readSwarm(config)
  }
}
