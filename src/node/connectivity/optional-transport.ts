import type { Libp2pOptions } from 'libp2p'
import { reasonOf, RepoError } from '../repo/repo-error.ts'

export type TransportFactory = NonNullable<Libp2pOptions['transports']>[number]

/** A transport in a package of its own, which comes with native code and is installed by who wants it. */
export interface OptionalTransport {
  readonly package: string
  /** Which of its exports makes the transport. */
  readonly export: string
  /** Key of the config that asks for it. */
  readonly key: string
}

export const QUIC: OptionalTransport = {
  package: '@chainsafe/libp2p-quic',
  export: 'quic',
  key: 'Swarm.Transports.Network.QUIC'
}

export const WEBRTC_DIRECT: OptionalTransport = {
  package: '@libp2p/webrtc',
  export: 'webRTCDirect',
  key: 'Swarm.Transports.Network.WebRTCDirect'
}

type Load = (name: string) => Promise<unknown>

/** Loads the package now. Rejects with `RepoError` that says what to install when it is not there. */
export async function loadOptionalTransport(
  wanted: OptionalTransport,
  load: Load = importByName
): Promise<TransportFactory> {
  const hint = `run "npm install ${wanted.package}", or set ${wanted.key} to false`
  let loaded: unknown
  try {
    loaded = await load(wanted.package)
  } catch (cause) {
    throw new RepoError(
      'ERR_TRANSPORT',
      `${wanted.key} is true, but its package ${wanted.package} cannot be loaded (${reasonOf(cause)}): ${hint}`,
      { cause }
    )
  }
  const make: unknown = Object.entries(loaded ?? {}).find(([name]) => name === wanted.export)?.[1]
  if (!isMaker(make)) {
    throw new RepoError('ERR_TRANSPORT', `the package ${wanted.package} has no "${wanted.export}": ${hint}`)
  }
  return make()
}

async function importByName(name: string): Promise<unknown> {
  return await import(name)
}

function isMaker(value: unknown): value is () => TransportFactory {
  return typeof value === 'function'
}
