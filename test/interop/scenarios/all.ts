import { BLOCKS } from './blocks.ts'
import { CONNECTIONS } from './connections.ts'
import { CROWDS } from './crowds.ts'
import type { Scenario } from './scenario.ts'
import { WAITING } from './waiting.ts'

/** What is played with every program; the quiet minute is played beside. */
export const SCENARIOS: readonly Scenario[] = [...BLOCKS, ...WAITING, ...CONNECTIONS, ...CROWDS]
