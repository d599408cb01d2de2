/**
 * How much of a block's time is the engine's: partners ask for blocks of a memory store in windows, the outbox takes every
 * message at once. No network, no codec, no hashing. Usage: node benchmarks/micro/engine.ts [--json]
 */
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { Engine } from '../../src/engine/engine.ts'
import { strategyByName } from '../../src/engine/strategies/by-name.ts'
import { cidKey, toPeerId } from '../../src/ids.ts'
import type { CidKey, PeerId } from '../../src/ids.ts'
import { LedgerBook } from '../../src/ledger/ledger-book.ts'
import { createMessage } from '../../src/message/message.ts'
import type { Message, WantEntry } from '../../src/message/message.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'

interface Work {
  readonly peers: number
  readonly wants: number
  readonly window: number
  readonly blockBytes: number
}

const WORKS: readonly Work[] = [
  { peers: 1, wants: 50_000, window: 1_000, blockBytes: 4_096 },
  { peers: 1, wants: 50_000, window: 1, blockBytes: 4_096 },
  { peers: 64, wants: 2_000, window: 500, blockBytes: 4_096 },
  { peers: 1, wants: 10_000, window: 1_000, blockBytes: 262_144 }
]
const ROUNDS = 7
const logger = { debug: () => undefined, warn: console.warn, error: console.error }

function entries({ wants }: Work): readonly WantEntry[] {
  return Array.from({ length: wants }, (_, index): WantEntry => {
    const digest = new Uint8Array(32)
    new DataView(digest.buffer).setUint32(0, index)
    const cid = CID.createV1(0x55, create(0x12, digest))
    return { cid, key: cidKey(cid), type: 'block', priority: 2 ** 31 - 1 - index, sendDontHave: true }
  })
}

/** One partner: asks for the next window when half of the last one has come, as a client that slides would. */
class Downloader {
  readonly peer: PeerId
  readonly #engine: () => Engine
  readonly #wants: readonly WantEntry[]
  readonly #window: number
  #asked = 0
  #got = 0

  constructor(peer: PeerId, wants: readonly WantEntry[], window: number, engine: () => Engine) {
    this.peer = peer
    this.#wants = wants
    this.#window = window
    this.#engine = engine
  }

  get isDone(): boolean {
    return this.#got === this.#wants.length
  }

  received(message: Message): void {
    this.#got += message.blocks.length
    const room = this.#window - (this.#asked - this.#got)
    if (room * 2 >= this.#window) this.ask(room)
  }

  ask(count = this.#window): void {
    const wants = this.#wants.slice(this.#asked, this.#asked + count)
    this.#asked += wants.length
    if (wants.length > 0) void this.#engine().receivedWants(this.peer, createMessage({ wants }))
  }
}

async function run(work: Work): Promise<number> {
  const wants = entries(work)
  const block = new Uint8Array(work.blockBytes)
  const store = new Map<CidKey, Uint8Array>(wants.map(({ key }) => [key, block]))
  const ledger = new LedgerBook({ clock: systemClock, logger }, DEFAULT_OPTIONS.ledger)
  const peers = Array.from({ length: work.peers }, (_, index) => toPeerId(`peer-${index}`))
  const downloaders = new Map(peers.map((peer) => [peer, new Downloader(peer, wants, work.window, () => engine)]))
  const engine: Engine = new Engine(
    {
      outbox: {
        send: (peer, message) =>
          new Promise((resolve) => {
            systemClock.defer(() => {
              downloaders.get(peer)?.received(message)
              resolve(message.blocks.length)
            })
          })
      },
      blockstore: { get: (cid) => store.get(cidKey(cid)), size: (cid) => store.get(cidKey(cid))?.byteLength },
      ledger,
      strategy: strategyByName('debt-ratio'),
      clock: systemClock,
      logger
    },
    DEFAULT_OPTIONS.engine
  )
  engine.start()
  for (const peer of peers) engine.connected(peer, { presences: true })
  const begin = performance.now()
  for (const downloader of downloaders.values()) downloader.ask()
  while (![...downloaders.values()].every(({ isDone }) => isDone)) await new Promise((done) => setImmediate(done))
  const tookMs = performance.now() - begin
  await engine.stop()
  return (work.peers * work.wants * 1_000) / tookMs
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

const results = []
for (const work of WORKS) {
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++) rates.push(await run(work))
  const rate = median(rates)
  results.push({ ...work, blocksPerSecond: Math.round(rate), microsecondsPerBlock: Number((1e6 / rate).toFixed(2)) })
}
if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 2))
else console.table(results)
