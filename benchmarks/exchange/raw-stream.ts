/**
 * What a libp2p stream carries between two processes on loopback, with nothing on top: the ceiling of the exchange.
 * Both ends use the settings of a Barter peer; the receiver only counts bytes.
 *
 *   node benchmarks/exchange/raw-stream.ts [totalMiB] [rounds]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { weighBuffersWithHeap } from '../../src/node/buffer-accounting.ts'
import { type Encryption, type Libp2pDefaultsOptions, libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'

const PROTOCOL = '/barter-benchmark/raw/1.0.0'
const HERE = fileURLToPath(import.meta.url)
const MIB = 1024 * 1024
/** Carried before the clock starts, as by everything that is compared with it. */
const WARM_BYTES = 32 * MIB

export interface RawStreamOptions {
  readonly encryption: Encryption
  /** Bytes of one call of `send`. */
  readonly writeBytes: number
  readonly totalBytes: number
  /** Bytes kept waiting in the stream, so that it never runs dry. */
  readonly writeAheadBytes?: number
  /** Settings to try in place of a peer's own. */
  readonly settings?: Libp2pDefaultsOptions
}

export interface RawStreamResult {
  readonly mibPerSecond: number
  /** Processor time of both ends for a MiB, in milliseconds: what would be left if neither ever waited. */
  readonly senderCpuMsPerMib: number
  readonly receiverCpuMsPerMib: number
}

/** Sends `totalBytes` to a process of its own and waits for its word that all arrived. */
export async function rawStream(options: RawStreamOptions): Promise<RawStreamResult> {
  // As Barter's own programs do; the ceiling is measured under the same conditions.
  weighBuffersWithHeap()
  const settings: Libp2pDefaultsOptions = { ...options.settings, encryption: [options.encryption] }
  const { child, address } = await spawnServer(['--serve', JSON.stringify(settings)])
  const node = await createLibp2p(libp2pDefaults(settings))
  try {
    const stream = await node.dialProtocol(multiaddr(address), PROTOCOL)
    await sendAll(stream, WARM_BYTES, options)
    const start = performance.now()
    const cpu = process.cpuUsage()
    const receiverCpuMs = await sendAll(stream, options.totalBytes, options)
    const mib = options.totalBytes / MIB
    return {
      mibPerSecond: mib / ((performance.now() - start) / 1000),
      senderCpuMsPerMib: cpuMs(cpu) / mib,
      receiverCpuMsPerMib: receiverCpuMs / mib
    }
  } finally {
    await node.stop()
    child.kill()
    await once(child, 'exit')
  }
}

/** Starts this file, or another, as a server: the first line it prints is its address. */
export async function spawnServer(
  args: readonly string[],
  file: string = HERE
): Promise<{ child: ChildProcess; address: string }> {
  const flags = process.env['BARTER_SERVER_FLAGS']?.split(' ') ?? []
  const child = spawn(process.execPath, [...flags, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [address] = (await once(lines, 'line')) as [string]
  return { child, address }
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

/** One transfer: its length in 8 bytes, the bytes, and an answer once they are counted: the receiver's CPU time. */
async function sendAll(stream: Stream, totalBytes: number, options: RawStreamOptions): Promise<number> {
  const header = Buffer.alloc(8)
  header.writeBigUInt64BE(BigInt(totalBytes))
  const answered = new Promise<number>((resolve, reject) => {
    stream.addEventListener('message', ({ data }) => resolve(Number(Buffer.from(data.subarray()).toString())), {
      once: true
    })
    stream.addEventListener('close', (event) => reject(event.error ?? new Error('the stream closed')), { once: true })
  })
  stream.send(header)
  const piece = Buffer.alloc(options.writeBytes, 7)
  const ahead = options.writeAheadBytes ?? MIB
  for (let left = totalBytes; left > 0; left -= piece.byteLength) {
    stream.send(left < piece.byteLength ? piece.subarray(0, left) : piece)
    while (stream.writableNeedsDrain && stream.writeBufferLength >= ahead) await drained(stream)
  }
  return await answered
}

function drained(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    stream.addEventListener('drain', () => queueMicrotask(resolve), { once: true })
  })
}

async function serve(settings: Libp2pDefaultsOptions): Promise<void> {
  weighBuffersWithHeap()
  const node = await createLibp2p(libp2pDefaults({ ...settings, listen: ['/ip4/127.0.0.1/tcp/0'] }))
  await node.handle(PROTOCOL, count)
  process.once('SIGTERM', () => process.exit(0))
  process.stdout.write(`${node.getMultiaddrs().join()}\n`)
}

function count(stream: Stream): void {
  stream.maxReadBufferLength = 32 * MIB
  let left = 0
  let header = Buffer.alloc(0)
  let cpu = process.cpuUsage()
  stream.addEventListener('message', (event) => {
    for (let chunk of event.data instanceof Uint8Array ? [event.data] : event.data) {
      if (left === 0) {
        header = Buffer.concat([header, chunk.subarray(0, 8 - header.byteLength)])
        if (header.byteLength < 8) continue
        left = Number(header.readBigUInt64BE())
        header = Buffer.alloc(0)
        cpu = process.cpuUsage()
        chunk = chunk.subarray(8)
      }
      left -= chunk.byteLength
      if (left === 0 && header.byteLength === 0) stream.send(Buffer.from(cpuMs(cpu).toFixed(3)))
    }
  })
}

async function table(totalMib: number, rounds: number): Promise<void> {
  console.log(`raw libp2p stream, ${totalMib} MiB between two processes, ${rounds} rounds (median, least … most)`)
  for (const writeBytes of [64 * 1024, 256 * 1024, MIB]) {
    const found: Record<Encryption, number[]> = { tls: [], noise: [] }
    for (let round = 0; round < rounds; round++) {
      for (const encryption of ['tls', 'noise'] as const) {
        const { mibPerSecond } = await rawStream({ encryption, writeBytes, totalBytes: totalMib * MIB })
        found[encryption].push(mibPerSecond)
      }
    }
    for (const encryption of ['tls', 'noise'] as const) {
      const figures = found[encryption].sort((a, b) => a - b).map((figure) => Math.round(figure))
      const median = figures[Math.floor(figures.length / 2)]
      console.log(
        `${encryption.padEnd(6)} ${String(writeBytes / 1024).padStart(5)} KiB a write: ${median} MiB/s (${figures[0]} … ${figures.at(-1)})`
      )
    }
  }
}

if (process.argv[1] === HERE) {
  if (process.argv[2] === '--serve') await serve(JSON.parse(process.argv[3] ?? '{}') as Libp2pDefaultsOptions)
  else await table(Number(process.argv[2] ?? 256), Number(process.argv[3] ?? 3))
}
