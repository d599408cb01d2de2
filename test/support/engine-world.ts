import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { Engine, type EngineParts } from '../../src/engine/engine.ts'
import { fairShare } from '../../src/engine/strategies/fair-share.ts'
import type { Strategy } from '../../src/engine/strategy.ts'
import { SendFailedError } from '../../src/errors.ts'
import { cidKey, toPeerId } from '../../src/ids.ts'
import type { CidKey, PeerId } from '../../src/ids.ts'
import { LedgerBook } from '../../src/ledger/ledger-book.ts'
import { createMessage } from '../../src/message/message.ts'
import type { CancelEntry, Message, WantEntry, WantType } from '../../src/message/message.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import type { EngineOptions } from '../../src/options.ts'
import type { Blockstore, Logger, MaybePromise } from '../../src/ports.ts'
import { ManualClock } from './manual-clock.ts'

const encoder = new TextEncoder()

export const ernie: PeerId = toPeerId('ernie')
export const bert: PeerId = toPeerId('bert')

/** The CID of a block known by a short name. The engine never hashes: the name is the digest. */
export function cidOf(name: string, codec = 0x55): CID {
  const digest = new Uint8Array(32)
  digest.set(encoder.encode(name).subarray(0, 32))
  return CID.createV1(codec, create(0x12, digest))
}

export function keyOf(name: string): CidKey {
  return cidKey(cidOf(name))
}

export function nameOf(cid: CID): string {
  return new TextDecoder().decode(cid.multihash.digest).replace(/\0+$/, '')
}

export function want(name: string, parts: Partial<WantEntry> = {}): WantEntry {
  const cid = cidOf(name)
  return { cid, key: cidKey(cid), type: 'block', priority: 1, sendDontHave: false, ...parts }
}

/** A want that asks to be told if the block is not there. */
export function ask(name: string, type: WantType = 'block', priority = 1, codec = 0x55): WantEntry {
  return want(name, { cid: cidOf(name, codec), type, priority, sendDontHave: true })
}

export function cancel(name: string): CancelEntry {
  return { cid: cidOf(name), key: keyOf(name) }
}

/** A block that carries its name, padded with zeros to `size` bytes. */
export function bytesOf(name: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  bytes.set(encoder.encode(name).subarray(0, size))
  return bytes
}

/** A message handed to the outbox; the test says what becomes of it. */
export interface Sent {
  readonly peer: PeerId
  readonly message: Message
  written(): void
  fails(): void
  state: 'writing' | 'written' | 'failed'
}

/** What a message says, to compare: `block a`, `have b`, `dont-have c`, in order of the message. */
export function saying(message: Message): readonly string[] {
  return [
    ...message.presences.map(({ cid, have }) => `${have ? 'have' : 'dont-have'} ${nameOf(cid)}`),
    ...message.blocks.map(({ bytes }) => `block ${new TextDecoder().decode(bytes.subarray(0, 32)).replace(/\0+$/, '')}`)
  ]
}

/** A store the test can make slow, empty or ill. */
export class FakeStore implements Pick<Blockstore, 'get' | 'size'> {
  readonly blocks = new Map<CidKey, Uint8Array>()
  /** Answers come by promise; they are as things stood at the call. */
  isAsync = false
  /** Thrown instead of an answer, for calls of these kinds. */
  failing: { size?: Error | undefined; get?: Error | undefined } = {}
  calls = { size: 0, get: 0 }
  pending = 0
  maxPending = 0

  put(name: string, size = 2_048): void {
    this.blocks.set(keyOf(name), bytesOf(name, size))
  }

  size(cid: CID): MaybePromise<number | undefined> {
    this.calls.size++
    return this.#answer(this.failing.size, () => this.blocks.get(cidKey(cid))?.byteLength)
  }

  get(cid: CID): MaybePromise<Uint8Array | undefined> {
    this.calls.get++
    return this.#answer(this.failing.get, () => this.blocks.get(cidKey(cid)))
  }

  #answer<Value>(error: Error | undefined, value: () => Value): MaybePromise<Value> {
    if (!this.isAsync) {
      if (error !== undefined) throw error
      return value()
    }
    this.pending++
    this.maxPending = Math.max(this.maxPending, this.pending)
    const answer = value()
    return Promise.resolve().then(() => {
      this.pending--
      if (error !== undefined) throw error
      return answer
    })
  }
}

/** An engine with everything around it in the hands of the test. */
export class EngineWorld {
  readonly clock = new ManualClock()
  readonly store = new FakeStore()
  readonly sent: Sent[] = []
  readonly logged: string[] = []
  readonly ledger: LedgerBook
  readonly engine: Engine
  /** Every message is written as soon as it is handed over. */
  autoWrite = true

  constructor(
    options: Partial<EngineOptions> = {},
    strategy: Strategy = fairShare,
    parts: Pick<EngineParts, 'verdict' | 'rate'> = {}
  ) {
    const { clock, store } = this
    const note = (message: string): void => void this.logged.push(message)
    const logger: Logger = { debug: () => undefined, warn: note, error: note }
    this.ledger = new LedgerBook({ clock, logger }, DEFAULT_OPTIONS.ledger)
    const outbox = { send: (peer: PeerId, message: Message) => this.#send(peer, message) }
    this.engine = new Engine(
      { outbox, blockstore: store, ledger: this.ledger, strategy, clock, logger, ...parts },
      // No partner has more than its own places, unless a test says so.
      { ...DEFAULT_OPTIONS.engine, maxSharedWants: 0, ...options }
    )
    this.engine.start()
  }

  connect(...peers: readonly PeerId[]): this {
    for (const peer of peers) this.engine.connected(peer, { presences: true })
    return this
  }

  /** Stores blocks of 2 KiB, which are too large to answer a want-have, without telling the engine. */
  has(...names: readonly string[]): this {
    for (const name of names) this.store.put(name)
    return this
  }

  /** Stores a block and tells the engine. */
  stores(name: string, size = 2_048): void {
    this.store.put(name, size)
    this.engine.blocksStored([{ cid: cidOf(name), key: keyOf(name), size }])
  }

  wants(peer: PeerId, ...wants: readonly WantEntry[]): void {
    void this.engine.receivedWants(peer, createMessage({ wants }))
  }

  cancels(peer: PeerId, ...names: readonly string[]): void {
    void this.engine.receivedWants(peer, createMessage({ cancels: names.map(cancel) }))
  }

  /** Everything told to `peer` since the last call, sorted: the order inside a message carries no meaning. */
  async said(peer: PeerId = ernie): Promise<readonly string[]> {
    await this.clock.settle()
    return this.take(peer).flatMap(({ message }) => [...saying(message)].sort())
  }

  /** Messages handed over for `peer` since the last call. */
  take(peer: PeerId = ernie): readonly Sent[] {
    const taken = this.sent.filter((sent) => sent.peer === peer)
    for (const sent of taken) this.sent.splice(this.sent.indexOf(sent), 1)
    return taken
  }

  wantlist(peer: PeerId = ernie): readonly string[] {
    return this.engine
      .wantlistOf(peer)
      .map(({ cid }) => nameOf(cid))
      .sort()
  }

  #send(peer: PeerId, message: Message): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent: Sent = {
        peer,
        message,
        state: 'writing',
        written: () => {
          sent.state = 'written'
          resolve(1)
        },
        fails: () => {
          sent.state = 'failed'
          reject(new SendFailedError('the stream broke'))
        }
      }
      this.sent.push(sent)
      if (this.autoWrite) sent.written()
    })
  }
}
