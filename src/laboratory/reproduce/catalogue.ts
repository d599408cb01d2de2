import { a1 } from './a1-exact-counters.ts'
import { a10 } from './a10-free-riders.ts'
import { a2 } from './a2-small-cases.ts'
import { a3 } from './a3-peer-selection.ts'
import { a4 } from './a4-waves.ts'
import { a5 } from './a5-ttl.ts'
import { a6 } from './a6-bitswap-and-dht.ts'
import { a7 } from './a7-live-discovery.ts'
import { a8 } from './a8-broadcast-control.ts'
import { a9 } from './a9-starvation.ts'
import type { Reproduction } from './reproduction.ts'

/** The published experiments that can be run again, in the order of the acceptance set. */
export const REPRODUCTIONS: readonly Reproduction[] = [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10]
