import { DEFAULT_STRATEGY, strategyByName } from '../../engine/strategies/by-name.ts'
import type { Strategy } from '../../engine/strategy.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { PeerRateLimits, PolicyRule } from '../../exchange.ts'
import type { BitswapOptions, BitswapOptionsInit } from '../../options.ts'
import { readPolicy } from './policy-section.ts'
import { readPeer } from './peer-reader.ts'
import type { ConfigReader } from './reader.ts'

/** `Bitswap`, `Internal.Bitswap`, `Barter.Limits` and `Barter.Policy`. */
export interface BitswapConfig {
  /** Serve other peers at all (`Bitswap.ServerEnabled`). */
  readonly serverEnabled: boolean
  /** Whom to serve when upload is scarce (`Bitswap.Strategy`: a name, or `name:key=value,…`). */
  readonly strategy: Strategy
  /** Tunables that the config names; the others are as by default. */
  readonly options: BitswapOptionsInit
  /** `Barter.Limits.Peers`. */
  readonly peerLimits: readonly PeerRateLimits[]
  readonly rules: readonly PolicyRule[]
}

export function readBitswap(config: ConfigReader): BitswapConfig {
  const serverEnabled = config.section('Bitswap').flag('ServerEnabled', true)
  const internal = config.section('Internal').section('Bitswap')
  const options: BitswapOptionsInit = {
    engine: given({
      enabled: serverEnabled ? undefined : false,
      replaceHaveBytes: internal.integer('WantHaveReplaceSize', undefined),
      maxInFlightBytesPerPartner: internal.integer('MaxOutstandingBytesPerPeer', undefined, { min: 1 })
    }),
    session: given({
      providerSearchDelayMs: internal.durationMs('ProviderSearchDelay', undefined),
      maxProvidersPerSearch: internal.integer('ProviderSearchMaxResults', undefined)
    }),
    broadcast: readBroadcast(internal.section('BroadcastControl')),
    limits: readLimits(config.section('Barter').section('Limits'))
  }
  const peerLimits = config.section('Barter').section('Limits').list('Peers').map(readPeerLimits)
  return {
    serverEnabled,
    strategy: readStrategy(config.section('Bitswap')),
    options,
    peerLimits,
    rules: readPolicy(config)
  }
}

/** `Bitswap.Strategy`, a key of ours. */
function readStrategy(bitswap: ConfigReader): Strategy {
  const reference = bitswap.optionalText('Strategy', '')
  if (reference === '') return DEFAULT_STRATEGY
  try {
    return strategyByName(reference)
  } catch (error) {
    if (!(error instanceof InvalidParametersError)) throw error
    throw bitswap.wrong('Strategy', `a strategy (${error.message})`)
  }
}

/** `Internal.Bitswap.BroadcastControl`. */
function readBroadcast(control: ConfigReader): Partial<BitswapOptions['broadcast']> {
  return {
    enabled: control.flag('Enable', true),
    maxPeers: control.integer('MaxPeers', -1, { min: -1 }),
    localPeers: control.flag('LocalPeers', false),
    peeredPeers: control.flag('PeeredPeers', false),
    maxRandomPeers: control.integer('MaxRandomPeers', 0),
    sendToPendingPeers: control.flag('SendToPendingPeers', false)
  }
}

/** `Barter.Limits`: bytes a second, as a number or a text such as `10MB`; 0, the default, is no limit. */
function readLimits(limits: ConfigReader): Partial<BitswapOptions['limits']> {
  limits.only('Upload', 'Download', 'UploadPerPeer', 'DownloadPerPeer', 'Peers')
  return {
    upload: limits.bytes('Upload', 0),
    download: limits.bytes('Download', 0),
    uploadPerPeer: limits.bytes('UploadPerPeer', 0),
    downloadPerPeer: limits.bytes('DownloadPerPeer', 0)
  }
}

/** `{ "Peer": "12D3…", "Upload": "1MB", "Download": 0 }`: a limit that is left out is as for each peer. */
function readPeerLimits(entry: ConfigReader): PeerRateLimits {
  entry.only('Peer', 'Upload', 'Download')
  const rate = (key: string): number | undefined => (entry.has(key) ? entry.bytes(key, 0) : undefined)
  return { peer: readPeer(entry, 'Peer'), upload: rate('Upload'), download: rate('Download') }
}

/** Without what is undefined, which would count as given. */
function given<Options extends object>(options: Options): { [Key in keyof Options]?: NonNullable<Options[Key]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof Options]?: NonNullable<Options[Key]> }
}
