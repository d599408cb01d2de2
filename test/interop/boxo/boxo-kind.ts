/** Boxo: bitswap as Kubo has it, in a program of ours around the library itself. */
import { fileURLToPath } from 'node:url'
import { MAX_MESSAGE_BYTES } from '../../../src/message/limits.ts'
import { buildGo, type GoProgram, whyNoGo } from '../build-go.ts'
import type { ForeignFeatures, ForeignKind, ForeignStart } from '../foreign-peer.ts'
import { type About, LinePeer } from '../line-peer.ts'
import { LineProgram } from './line-program.ts'

const PROGRAM: GoProgram = { name: 'boxo-peer', moduleDir: fileURLToPath(new URL('.', import.meta.url)), target: '.' }
const NAME = 'boxo 0.42.1'

const features: ForeignFeatures = {
  wantlistOf: true,
  ledger: true,
  encryptions: ['tls', 'noise'],
  transports: ['tcp', 'ws'],
  protocols: true,
  keyTypes: ['ed25519', 'rsa'],
  hashes: ['sha2-256', 'sha2-512', 'blake3', 'identity'],
  codecs: ['raw', 'dag-pb', 'dag-cbor'],
  largestBlock: MAX_MESSAGE_BYTES - 18,
  cancels: true,
  servesLate: true,
  keepsWants: 1_024,
  wantsAtOnce: 10_000
}

export const boxo: ForeignKind = {
  name: 'boxo',
  features,
  available: whyNoGo,
  prepare: async () => {
    await buildGo(PROGRAM)
  },
  start: async (options = {}) => {
    const program = await startBoxoProgram(options)
    return new LinePeer(program, { ...((await program.greeting()) as Omit<About, 'name'>), name: NAME })
  }
}

/** The bare program: what the benchmarks drive. Its greeting is `{ id, addresses }`. */
export async function startBoxoProgram(options: ForeignStart): Promise<LineProgram> {
  const { encryption = '', transport = 'tcp', keyType = 'ed25519', protocols = [] } = options
  const args = ['-encryption', encryption, '-transport', transport, '-key', keyType, '-protocols', protocols.join(',')]
  return new LineProgram(NAME, await buildGo(PROGRAM), args)
}
