import type { WireVersion } from '../../message/wire-version.ts'
import type { PeerFeatures } from '../../ports.ts'

const VERSIONS: ReadonlyMap<string, WireVersion> = new Map([
  ['/ipfs/bitswap/1.2.0', '1.2.0'],
  ['/ipfs/bitswap/1.1.0', '1.1.0'],
  ['/ipfs/bitswap/1.0.0', '1.0.0'],
  ['/ipfs/bitswap', 'unversioned']
])

/** The protocol ids of bitswap in the order in which a stream asks for them: the newest that both ends speak wins. */
export const BITSWAP_PROTOCOLS: readonly string[] = [...VERSIONS.keys()]

/** The form of messages on a stream of this protocol, or undefined when it is not bitswap. */
export function wireVersionOf(protocol: string): WireVersion | undefined {
  return VERSIONS.get(protocol)
}

export function speaksBitswap(protocols: readonly string[]): boolean {
  return protocols.some((protocol) => VERSIONS.has(protocol))
}

/** Presences came with 1.2.0; older peers answer with blocks or not at all. */
export function featuresOf(protocols: readonly string[]): PeerFeatures {
  return { presences: protocols.some((protocol) => wireVersionOf(protocol) === '1.2.0') }
}
