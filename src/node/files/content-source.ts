import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { ReadOptions } from '../../api/service/read-options.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { Blockstore } from '../../ports.ts'
import type { BlockSource } from '../../content/dag-reader.ts'
import type { LocalBlockParts } from '../keeping/local-block.ts'
import { LocalSource } from './local-source.ts'
import { reasonOf } from '../repo/repo-error.ts'

export interface SourceParts extends LocalBlockParts {
  readonly blocks: Blockstore
  /** Without it only what is in the store can be read. */
  readonly exchange: Exchange | undefined
}

/**
 * Where one request reads from: a session of the exchange, or the store alone. To be closed. `what` is the command that
 * was given and what it is about, which is shown beside what is wanted.
 */
export function openSource(
  { blocks, exchange, ...local }: SourceParts,
  what: readonly [command: string, ...paths: string[]],
  { offline, from, signal, label }: ReadOptions = {}
): BlockSource {
  for (const address of from ?? []) checkProvider(address)
  if (exchange === undefined || offline === true) return new LocalSource(blocks, local)
  return exchange.createSession({ signal, providers: from, label: label ?? labelOf(what) })
}

/** Runs with a source, and closes it. */
export async function withSource<T>(
  parts: SourceParts,
  what: Parameters<typeof openSource>[1],
  options: ReadOptions,
  run: (source: BlockSource) => Promise<T>
): Promise<T> {
  const source = openSource(parts, what, options)
  try {
    return await run(source)
  } finally {
    source.close()
  }
}

/** Of many paths the first: what is shown is cut. */
function labelOf([command, path, ...others]: readonly string[]): string {
  return `${command ?? ''} ${path ?? ''}${others.length === 0 ? '' : ` and ${others.length} more`}`.trim()
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
      `"${text}" is no peer to ask${reason}: expected an address like /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…, or of a gateway, like /dns4/gateway.example/tcp/443/https`,
      { cause: error }
    )
  }
}
