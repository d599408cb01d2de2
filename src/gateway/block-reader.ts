import type { CID } from 'multiformats/cid'
import { NotFoundError, UnsupportedHashError } from '../errors.ts'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import { GatewayError } from './gateway-error.ts'
import type { GatewayPorts, RemoteBlocks } from './gateway-ports.ts'
import type { RequestLife } from './request-life.ts'

export interface BlockReaderInit {
  readonly ports: GatewayPorts
  readonly request: RequestLife
  /** What was asked, in one line. */
  readonly label: string
  readonly timeoutMs: number
  /** Ask nobody else, whatever the gateway does otherwise. */
  readonly localOnly: boolean
}

/** When to ask again for what could not be had in time, in seconds. */
const RETRY_S = 30

/** The blocks of one request: those here, and others if the gateway fetches any. Every failure is a `GatewayError`. */
export class BlockReader {
  readonly #init: BlockReaderInit
  #remote: RemoteBlocks | undefined

  constructor(init: BlockReaderInit) {
    this.#init = init
  }

  /** Throws a 410 for a block that is not to be served, as soon as it is asked for. */
  check(cid: CID): void {
    if (!this.#init.ports.serves(cid)) throw new GatewayError(410, `${cid.toString()} is not served by this gateway`)
  }

  async read(cid: CID): Promise<Uint8Array> {
    this.check(cid)
    if (cid.multihash.code === IDENTITY_CODE) return cid.multihash.digest
    return (await this.#init.ports.blocks.get(cid)) ?? (await this.#fetch(cid))
  }

  /** Bytes of a block, without reading it where it is here. */
  async size(cid: CID): Promise<number> {
    this.check(cid)
    if (cid.multihash.code === IDENTITY_CODE) return cid.multihash.digest.byteLength
    return (await this.#init.ports.blocks.size(cid)) ?? (await this.#fetch(cid)).byteLength
  }

  /** Is it here? */
  async has(cid: CID): Promise<boolean> {
    if (cid.multihash.code === IDENTITY_CODE) return true
    return (await this.#init.ports.blocks.size(cid)) !== undefined
  }

  /** What will be read soon. */
  prefetch(cids: readonly CID[]): void {
    if (this.#init.localOnly || cids.length === 0) return
    this.#open()?.prefetch(cids.filter(({ multihash }) => multihash.code !== IDENTITY_CODE))
  }

  close(): void {
    this.#remote?.close()
  }

  #open(): RemoteBlocks | undefined {
    const { ports, request, label } = this.#init
    if (ports.fetch !== undefined) this.#remote ??= ports.fetch({ signal: request.signal, label })
    return this.#remote
  }

  async #fetch(cid: CID): Promise<Uint8Array> {
    const { localOnly, request, timeoutMs } = this.#init
    const remote = localOnly ? undefined : this.#open()
    if (remote === undefined) throw notHere(cid)
    const late = AbortSignal.timeout(timeoutMs)
    try {
      return await remote.get(cid, { signal: AbortSignal.any([request.signal, late]) })
    } catch (cause) {
      throw this.#explain(cid, cause, late)
    }
  }

  #explain(cid: CID, cause: unknown, late: AbortSignal): unknown {
    const retry = { cause, retryAfterS: RETRY_S }
    if (this.#init.request.signal.aborted) return cause
    if (late.aborted) return new GatewayError(504, `block ${cid.toString()} could not be had in time`, retry)
    if (cause instanceof UnsupportedHashError) return new GatewayError(400, cause.message, { cause })
    if (cause instanceof NotFoundError) return notHere(cid)
    if (cause instanceof Error && cause.name === 'StoreError') return cause
    return new GatewayError(502, `block ${cid.toString()} could not be had from other peers`, retry)
  }
}

function notHere(cid: CID): GatewayError {
  return new GatewayError(404, `block ${cid.toString()} is not here`)
}
