import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { ReadOptions } from '../api/read-options.ts'
import { InvalidParametersError } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Blockstore } from '../ports.ts'
import type { BlockSource } from './dag-reader.ts'
import { LocalSource } from './local-source.ts'
import { reasonOf } from './repo-error.ts'

export interface SourceParts {
  readonly blocks: Blockstore
  /** Without it only what is in the store can be read. */
  readonly exchange: Exchange | undefined
}

/** Where one request reads from: a session of the exchange, or the store alone. To be closed. */
export function openSource(
  { blocks, exchange }: SourceParts,
  { offline, from, signal }: ReadOptions = {}
): BlockSource {
  for (const address of from ?? []) checkProvider(address)
  if (exchange === undefined || offline === true) return new LocalSource(blocks)
  return exchange.createSession({ signal, providers: from })
}

/** Runs with a source, and closes it. */
export async function withSource<T>(
  parts: SourceParts,
  options: ReadOptions,
  run: (source: BlockSource) => Promise<T>
): Promise<T> {
  const source = openSource(parts, options)
  try {
    return await run(source)
  } finally {
    source.close()
  }
}

/** An address that is none would be passed over in silence, and somebody would wait for a peer that is never asked. */
function checkProvider(text: string): void {
  try {
    if (text.startsWith('/')) multiaddr(text)
    else peerIdFromString(text)
  } catch (error) {
    // Of what is no address, the reason would be one of peer ids, in which nobody would see what is wrong.
    const reason = text.startsWith('/') ? ` (${reasonOf(error)})` : ''
    throw new InvalidParametersError(
      `"${text}" is no peer to ask${reason}: expected an address like /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…`,
      { cause: error }
    )
  }
}
