import { boxo } from './boxo/boxo-kind.ts'
import type { ForeignKind } from './foreign-peer.ts'

/** Every program that Barter is tested against. */
export const KINDS: readonly ForeignKind[] = [boxo]
