/** What a peer can do with the multiplexer, below any protocol. */
import { varint } from '../support/wire.ts'
import { type Attacker, crowd, everyone, openStream, stopReading } from './crowd.ts'

const DATA = 0
const WINDOW_UPDATE = 1
const PING = 2
const SYN = 1
const RST = 8
const HEADER_BYTES = 12

function frame(type: number, flag: number, stream: number, length: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(type, 1)
  header.writeUInt16BE(flag, 2)
  header.writeUInt32BE(stream, 4)
  header.writeUInt32BE(length, 8)
  return header
}

/** Writes piece after piece until all is written, or the connection is gone. Never reads, nor waits for long. */
async function pour(attacker: Attacker, pieces: number, piece: (index: number) => Uint8Array): Promise<number> {
  for (let i = 0; i < pieces; i++) {
    if (attacker.connection.status !== 'open') return i
    attacker.write(piece(i))
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return pieces
}

const FRAMES_A_PIECE = 1_024

/** So many frames, made by number, whose answers nobody reads. Resolves with the frames that were written before the connection was gone. */
async function flood(frames: number, make: (index: number) => Buffer): Promise<number> {
  const written = await everyone(async (attacker) => {
    stopReading(attacker)
    const pieces = Math.ceil(frames / FRAMES_A_PIECE)
    const done = await pour(attacker, pieces, (piece) =>
      Buffer.concat(Array.from({ length: FRAMES_A_PIECE }, (_, i) => make(piece * FRAMES_A_PIECE + i)))
    )
    return done * FRAMES_A_PIECE
  })
  return written.reduce((sum, each) => sum + each, 0)
}

export const muxAttacks = {
  /** Claims a frame of data, for a stream that exists or for none, and sends so many MiB of it. */
  longFrame: async (how: {
    readonly claimed: number
    readonly mib: number
    readonly known: boolean
  }): Promise<void> => {
    await everyone(async (attacker) => {
      const stream = how.known ? Number((await openStream(attacker)).id) : 9_999
      attacker.write(frame(DATA, 0, stream, how.claimed))
      await pour(attacker, how.mib, () => new Uint8Array(1024 * 1024))
    })
  },
  pings: (frames: number): Promise<number> => flood(frames, (i) => frame(PING, SYN, 0, i)),
  /** Opens streams and leaves them. */
  streamsOpened: (frames: number): Promise<number> =>
    flood(frames, (i) => frame(WINDOW_UPDATE, SYN, 10_001 + 2 * i, 0)),
  /** Opens streams and resets each at once. */
  streamsReset: (frames: number): Promise<number> =>
    flood(frames, (i) => frame(WINDOW_UPDATE, i % 2 === 0 ? SYN : RST, 10_001 + 2 * Math.floor(i / 2), 0)),
  /** Tells of more room on a stream that is not there. */
  updatesForNobody: (frames: number): Promise<number> => flood(frames, () => frame(WINDOW_UPDATE, 0, 9_999, 1)),
  /** A message that comes byte by byte: each is to be answered with room for another. */
  singleBytes: async (frames: number): Promise<number> => {
    const [attacker] = crowd
    if (attacker === undefined) return 0
    const stream = await openStream(attacker)
    stream.send(varint(4_000_000))
    return await flood(frames, () => Buffer.concat([frame(DATA, 0, Number(stream.id), 1), Buffer.from([0])]))
  },
  /** Frames of data with nothing in them. */
  emptyFrames: (frames: number): Promise<number> => flood(frames, () => frame(DATA, 0, 9_999, 0))
}
