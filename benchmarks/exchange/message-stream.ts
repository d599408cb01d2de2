/**
 * What the libp2p adapter carries between two processes on loopback: messages with one block each, decoded by the receiver
 * and then forgotten. No hashing, no store, no decisions: the difference to the raw stream is the adapter's own cost.
 *
 *   node benchmarks/exchange/message-stream.ts [totalMiB] [rounds]
 */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createLibp2p } from 'libp2p'
import { weighBuffersWithHeap } from '../../src/node/buffer-accounting.ts'
import type { PeerId } from '../../src/ids.ts'
import { type Message, createMessage } from '../../src/message/message.ts'
import { Libp2pNetwork } from '../../src/network/libp2p/libp2p-network.ts'
import type { Libp2pNetworkOptions } from '../../src/network/libp2p/network-options.ts'
import { partsOfNode } from '../../src/network/libp2p/parts.ts'
import { type Encryption, type Libp2pDefaultsOptions, libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import type { Logger, NetworkEvents } from '../../src/ports.ts'
import { rawStream, spawnServer } from './raw-stream.ts'

const HERE = fileURLToPath(import.meta.url)
const MIB = 1024 * 1024
const PREFIX = Uint8Array.of(1, 0x55, 0x12, 32)
const SILENT: Logger = { debug: () => undefined, warn: console.warn, error: console.error }

export interface MessageStreamOptions {
  readonly encryption: Encryption
  readonly blockBytes: number
  readonly totalBytes: number
  /** Bytes of messages that are being sent at a time. */
  readonly inFlightBytes?: number
  readonly settings?: Libp2pDefaultsOptions
  readonly network?: Partial<Libp2pNetworkOptions>
}

export interface MessageStreamResult {
  readonly mibPerSecond: number
  readonly senderCpuMsPerMib: number
  readonly receiverCpuMsPerMib: number
}

export async function messageStream(options: MessageStreamOptions): Promise<MessageStreamResult> {
  weighBuffersWithHeap()
  const settings: Libp2pDefaultsOptions = { ...options.settings, encryption: [options.encryption] }
  const { child, address } = await spawnServer(['--serve', JSON.stringify([settings, options.network])], HERE)
  const node = await createLibp2p(libp2pDefaults(settings))
  const network = new Libp2pNetwork({ libp2p: partsOfNode(node), clock: systemClock, logger: SILENT }, options.network)
  const answers = new Answers()
  try {
    await network.start(answers)
    const peer = await network.connect({ addresses: [address] })
    await sendAll(network, peer, answers, { ...options, totalBytes: 16 * MIB })
    const start = performance.now()
    const cpu = process.cpuUsage()
    const receiverCpuMs = await sendAll(network, peer, answers, options)
    const mib = options.totalBytes / MIB
    return {
      mibPerSecond: mib / ((performance.now() - start) / 1000),
      senderCpuMsPerMib: cpuMs(cpu) / mib,
      receiverCpuMsPerMib: receiverCpuMs / mib
    }
  } finally {
    await network.stop()
    await node.stop()
    child.kill()
    await once(child, 'exit')
  }
}

class Answers implements NetworkEvents {
  #resolve: (cpuMicros: number) => void = () => undefined

  next(): Promise<number> {
    return new Promise((resolve) => (this.#resolve = resolve))
  }

  received(_peer: PeerId, message: Message): void {
    this.#resolve(message.pendingBytes)
  }

  connected(): void {}
  disconnected(): void {}
  streamLost(): void {}
  faulted(): void {}
  struck(): void {}
  worth(): number {
    return 0
  }
  admits(): boolean {
    return true
  }
}

/** Resolves with the receiver's CPU time in milliseconds, when it has all. */
async function sendAll(
  network: Libp2pNetwork,
  peer: PeerId,
  answers: Answers,
  options: MessageStreamOptions
): Promise<number> {
  const block = { prefix: PREFIX, bytes: new Uint8Array(options.blockBytes).fill(7) }
  const lanes = Math.max(1, Math.floor((options.inFlightBytes ?? MIB) / options.blockBytes))
  let left = Math.round(options.totalBytes / options.blockBytes)
  const answer = answers.next()
  await network.send(peer, createMessage({ pendingBytes: left }))
  const lane = async (): Promise<void> => {
    while (left-- > 0) await network.send(peer, createMessage({ blocks: [block] }))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return (await answer) / 1000
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

async function serve(settings: Libp2pDefaultsOptions, options: Partial<Libp2pNetworkOptions>): Promise<void> {
  weighBuffersWithHeap()
  const node = await createLibp2p(libp2pDefaults({ ...settings, listen: ['/ip4/127.0.0.1/tcp/0'] }))
  const network = new Libp2pNetwork({ libp2p: partsOfNode(node), clock: systemClock, logger: SILENT }, options)
  let left = 0
  let cpu = process.cpuUsage()
  await network.start({
    connected: () => undefined,
    disconnected: () => undefined,
    streamLost: () => undefined,
    faulted: () => undefined,
    struck: () => undefined,
    admits: () => true,
    worth: () => 0,
    received: (peer, message) => {
      if (message.pendingBytes > 0) {
        left = message.pendingBytes
        cpu = process.cpuUsage()
      }
      left -= message.blocks.length
      if (left === 0) void network.send(peer, createMessage({ pendingBytes: Math.round(cpuMs(cpu) * 1000) }))
    }
  })
  process.once('SIGTERM', () => process.exit(0))
  process.stdout.write(`${node.getMultiaddrs().join()}\n`)
}

async function table(totalMib: number, rounds: number): Promise<void> {
  console.log(`the adapter against the raw stream, ${totalMib} MiB between two processes, ${rounds} rounds`)
  for (const encryption of ['tls', 'noise'] as const) {
    for (const blockBytes of [64 * 1024, 256 * 1024, MIB]) {
      const work = { encryption, totalBytes: totalMib * MIB }
      const raw: number[] = []
      const ours: number[] = []
      for (let round = 0; round < rounds; round++) {
        raw.push((await rawStream({ ...work, writeBytes: blockBytes })).mibPerSecond)
        ours.push((await messageStream({ ...work, blockBytes })).mibPerSecond)
      }
      const [r, o] = [median(raw), median(ours)]
      const line = `${encryption.padEnd(6)} ${String(blockBytes / 1024).padStart(5)} KiB a message`
      console.log(`${line}: ${o.toFixed(0)} of ${r.toFixed(0)} MiB/s, ${(o / r).toFixed(2)}`)
    }
  }
}

function median(figures: number[]): number {
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN
}

if (process.argv[1] === HERE) {
  if (process.argv[2] === '--serve') {
    const [settings, network] = JSON.parse(process.argv[3] ?? '[]') as [
      Libp2pDefaultsOptions,
      Partial<Libp2pNetworkOptions>?
    ]
    await serve(settings, network ?? {})
  } else await table(Number(process.argv[2] ?? 256), Number(process.argv[3] ?? 3))
}
