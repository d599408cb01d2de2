import { boxo } from './boxo/boxo-kind.ts'
import type { ForeignKind } from './foreign-peer.ts'
import { helia } from './helia/helia-kind.ts'
import { kubo } from './kubo/kubo-kind.ts'

/** Every program that Barter is tested against. */
export const KINDS: readonly ForeignKind[] = [boxo, kubo, helia]
