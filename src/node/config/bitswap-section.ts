import type { ConfigReader } from './reader.ts'

/** `Bitswap`. */
export interface BitswapConfig {
  /** Serve other peers at all (`Bitswap.ServerEnabled`). */
  readonly serverEnabled: boolean
}

export function readBitswap(config: ConfigReader): BitswapConfig {
  const bitswap = config.section('Bitswap')
  return { serverEnabled: bitswap.flag('ServerEnabled', true) }
}
