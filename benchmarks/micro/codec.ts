/**
 * How fast messages are written and read, beside the protobuf library `pbf` on the same messages.
 *
 *   node benchmarks/micro/codec.ts [--json]
 *
 * pbf reads into bare fields: the CID objects and keys that our messages hold are made in an extra line for it
 * (`pbf + CIDs`). `memcpy` allocates a buffer of the frame's size and fills it from one array: no encoder can be faster.
 * Each figure is the best of several rounds taken in turn; the machine's other work only ever makes them worse.
 */
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { cidKey } from '../../src/ids.ts'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { encodeFrame } from '../../test/support/encode-frame.ts'
import { FrameReader } from '../../src/message/frame.ts'
import { MAX_MESSAGE_BYTES } from '../../src/message/limits.ts'
import { createMessage } from '../../src/message/message.ts'
import type { Message, WantEntry } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import { pbfEntry, pbfMessage, readPbf, writePbf } from '../../test/support/pbf-message.ts'
import type { PbfMessage } from '../../test/support/pbf-message.ts'

const ROUNDS = 15
const ROUND_MS = 40
const CHUNK_BYTES = 65_536

interface Line {
  readonly work: string
  readonly how: string
  readonly micros: number
  readonly opsPerSecond: number
  readonly mibPerSecond: number
}

function filled(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0, x = seed + 1; i < length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = x >>> 24
  }
  return bytes
}

function cid(seed: number): CID {
  return CID.createV1(0x55, createDigest(0x12, filled(32, seed)))
}

function blocks(count: number, size: number): Message {
  return createMessage({
    blocks: Array.from({ length: count }, (_, i) => ({ prefix: cidPrefix(cid(i)), bytes: filled(size, i) }))
  })
}

function wants(count: number): Message {
  const entries = Array.from({ length: count }, (_, i): WantEntry => {
    const wanted = cid(i)
    return { cid: wanted, key: cidKey(wanted), type: 'block', priority: 0x7fff_ffff - i, sendDontHave: true }
  })
  return createMessage({ wants: entries })
}

function asPbf(message: Message): PbfMessage {
  const entries = message.wants.map(({ cid: wanted, priority }) =>
    pbfEntry({ block: wanted.bytes, priority, sendDontHave: true })
  )
  const payload = message.blocks.map(({ prefix, bytes }) => ({ prefix, data: bytes }))
  return pbfMessage({ wantlist: { entries, full: false }, payload })
}

/** Mean microseconds of one call, over a stretch long enough for the clock. */
function stretch(run: () => unknown): number {
  const start = performance.now()
  let calls = 0
  let now = start
  do {
    run()
    calls++
    now = performance.now()
  } while (now - start < ROUND_MS)
  return ((now - start) / calls) * 1_000
}

function measure(work: string, bytes: number, ways: Readonly<Record<string, () => unknown>>): Line[] {
  const best = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const [how, run] of Object.entries(ways)) {
      best.set(how, Math.min(best.get(how) ?? Infinity, stretch(run)))
    }
  }
  return [...best].map(([how, micros]) => ({
    work,
    how,
    micros,
    opsPerSecond: 1e6 / micros,
    mibPerSecond: bytes / 1_048_576 / (micros / 1e6)
  }))
}

function measureMessage(name: string, message: Message): Line[] {
  const body = encodeMessage(message, '1.2.0')
  const pbf = asPbf(message)
  return [
    ...measure(`encode ${name}`, body.length, {
      barter: () => encodeFrame(message, '1.2.0'),
      pbf: () => writePbf(pbf),
      memcpy: () => new Uint8Array(Buffer.allocUnsafe(body.length).buffer, 0, body.length).set(body)
    }),
    ...measure(`decode ${name}`, body.length, {
      barter: () => decodeMessage(body),
      pbf: () => readPbf(body),
      'pbf + CIDs': () => readPbf(body).wantlist?.entries.map(({ block }) => cidKey(CID.decode(block.slice())))
    })
  ]
}

function measureFrames(name: string, message: Message, frames: number): Line[] {
  const frame = encodeFrame(message, '1.2.0')
  const stream = new Uint8Array(Buffer.concat(Array<Uint8Array>(frames).fill(frame)))
  const chunks: Uint8Array[] = []
  for (let at = 0; at < stream.length; at += CHUNK_BYTES) chunks.push(stream.slice(at, at + CHUNK_BYTES))
  return measure(`frames: ${name}, in chunks of 64 KiB`, stream.length, {
    barter: () => {
      const reader = new FrameReader(MAX_MESSAGE_BYTES)
      return chunks.map((chunk) => reader.push(chunk))
    }
  })
}

function print(lines: readonly Line[]): void {
  for (const { work, how, micros, opsPerSecond, mibPerSecond } of lines) {
    const figures = [
      `${micros.toFixed(1)} µs`,
      `${Math.round(opsPerSecond)} ops/s`,
      `${Math.round(mibPerSecond)} MiB/s`
    ]
    console.log(work.padEnd(46), how.padEnd(11), ...figures.map((figure) => figure.padStart(15)))
  }
}

const lines = [
  ...measureMessage('1 x 256 KiB', blocks(1, 262_144)),
  ...measureMessage('64 x 4 KiB', blocks(64, 4_096)),
  ...measureMessage('500 wants', wants(500)),
  ...measureMessage('1 want', wants(1)),
  ...measureMessage('50,000 wants', wants(50_000)),
  ...measureFrames('16 x 256 KiB', blocks(1, 262_144), 16),
  ...measureFrames('10,000 x 1 want', wants(1), 10_000)
]
if (process.argv.includes('--json')) console.log(JSON.stringify(lines, undefined, 2))
else print(lines)
