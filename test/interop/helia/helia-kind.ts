/** Helia, IPFS in JavaScript, with its own bitswap from npm, as a peer of the interop scenarios. */
import { join } from 'node:path'
import { LineProgram } from '../boxo/line-program.ts'
import type { ForeignFeatures, ForeignKind } from '../foreign-peer.ts'
import { type About, LinePeer } from '../line-peer.ts'
import { WANTS_AT_ONCE } from './helia-calls.ts'

const PROGRAM = join(import.meta.dirname, 'helia-program.ts')

const features: ForeignFeatures = {
  wantlistOf: true,
  ledger: true,
  encryptions: ['tls', 'noise'],
  transports: ['tcp', 'ws'],
  protocols: false,
  keyTypes: ['ed25519', 'rsa'],
  hashes: ['sha2-256', 'sha2-512', 'blake3', 'identity'],
  codecs: ['raw', 'dag-pb', 'dag-cbor'],
  // It leaves room in each message for what is never there.
  largestBlock: 4_193_648,
  // It leaves cancels out of every message that it makes.
  cancels: false,
  // It tells its partners of a block before it stores it, finds nothing to send then, and does not look again.
  servesLate: false,
  keepsWants: 1_024,
  wantsAtOnce: WANTS_AT_ONCE
}

export const helia: ForeignKind = {
  name: 'helia',
  features,
  // It comes with what the project installs.
  available: () => Promise.resolve(undefined),
  prepare: () => Promise.resolve(),
  start: async (options = {}) => {
    if (options.protocols !== undefined) throw new Error('Helia speaks bitswap 1.2.0 alone')
    const program = new LineProgram('helia', process.execPath, [PROGRAM, '--start', JSON.stringify(options)])
    return new LinePeer(program, (await program.greeting()) as About)
  }
}
