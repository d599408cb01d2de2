/** A peer in a program of ours that is driven by lines of JSON; which calls there are is told in boxo/main.go. */
import { CID } from 'multiformats/cid'
import { CODEC_CODES, HASH_CODES } from './block-format.ts'
import type { LineProgram } from './boxo/line-program.ts'
import type { BlockFormat, ForeignBlock, ForeignLedger, ForeignPeer, GetOptions } from './foreign-peer.ts'

/** Of a request; what takes longer is a failure. */
const PATIENCE_MS = 60_000
/** Blocks of one call to store them; their text has to fit into a line. */
const PUT_BYTES = 8 * 1024 * 1024

/** What a program says of itself when it has started. */
export interface About {
  readonly name: string
  readonly id: string
  readonly addresses: readonly string[]
}

export class LinePeer implements ForeignPeer {
  readonly name: string
  readonly id: string
  readonly addresses: readonly string[]
  readonly #program: LineProgram

  constructor(program: LineProgram, { name, id, addresses }: About) {
    this.#program = program
    this.name = name
    this.id = id
    this.addresses = addresses
  }

  async put(bytes: Uint8Array, format?: BlockFormat): Promise<CID> {
    const [cid] = await this.#put([bytes], format)
    if (cid === undefined) throw new Error(`${this.name} answered no CID`)
    return cid
  }

  async putMany(all: readonly Uint8Array[], format?: BlockFormat): Promise<CID[]> {
    const cids: CID[] = []
    for (let from = 0; from < all.length;) {
      let bytes = 0
      let to = from
      while (to < all.length && bytes < PUT_BYTES) bytes += all[to++]?.byteLength ?? 0
      cids.push(...(await this.#put(all.slice(from, to), format)))
      from = to
    }
    return cids
  }

  async get(cid: CID, options: GetOptions = {}): Promise<Uint8Array> {
    const input = { cids: [cid.toString()], from: options.from }
    const text = await this.#program.call('get', input, { signal: deadline(options) })
    return fromText(text as string)
  }

  /** All in one request of one session. */
  async *getMany(cids: readonly CID[], options: GetOptions = {}): AsyncGenerator<ForeignBlock> {
    const arrived: ForeignBlock[] = []
    let wake = Promise.withResolvers<undefined>()
    const part = (block: unknown): void => {
      const { cid, data } = block as { cid: string; data: string }
      arrived.push({ cid: CID.parse(cid), bytes: fromText(data) })
      wake.resolve(undefined)
    }
    const abandoned = new AbortController()
    const signal = AbortSignal.any([deadline(options), abandoned.signal])
    const input = { cids: cids.map((cid) => cid.toString()), from: options.from }
    const end = this.#program.call('getMany', input, { signal, part }).then(() => 'done' as const)
    try {
      for (let done = false; !done || arrived.length > 0;) {
        // What fails the call rejects here.
        done = (await Promise.race([end, wake.promise])) === 'done'
        wake = Promise.withResolvers()
        yield* arrived.splice(0)
      }
    } finally {
      abandoned.abort()
      await Promise.allSettled([end])
    }
  }

  async connect(address: string): Promise<void> {
    await this.#program.call('connect', { address })
  }

  async disconnect(peer: string): Promise<void> {
    await this.#program.call('disconnect', { peer })
  }

  async partners(): Promise<readonly string[]> {
    return (await this.#program.call('peers')) as readonly string[]
  }

  async wantlistOf(peer: string): Promise<readonly CID[]> {
    const texts = (await this.#program.call('wantlist', { peer })) as readonly string[]
    return texts.map((text) => CID.parse(text))
  }

  async ledgerWith(peer: string): Promise<ForeignLedger | undefined> {
    const found = (await this.#program.call('ledger', { peer })) as Partial<ForeignLedger>
    const { bytesSent, bytesReceived, exchanges } = found
    if (bytesSent === undefined || bytesReceived === undefined) return undefined
    return { bytesSent, bytesReceived, exchanges }
  }

  async stop(): Promise<void> {
    await this.#program.stop()
  }

  async #put(all: readonly Uint8Array[], { codec = 'raw', hash = 'sha2-256', version = 1 }: BlockFormat = {}) {
    const data = all.map((bytes) => Buffer.from(bytes).toString('base64'))
    const texts = await this.#program.call('put', { data, codec: CODEC_CODES[codec], hash: HASH_CODES[hash], version })
    return (texts as readonly string[]).map((text) => CID.parse(text))
  }
}

function deadline({ signal, timeoutMs = PATIENCE_MS }: GetOptions): AbortSignal {
  const late = AbortSignal.timeout(timeoutMs)
  return signal === undefined ? late : AbortSignal.any([signal, late])
}

function fromText(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
