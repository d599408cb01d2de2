import { boxo } from './boxo/boxo-kind.ts'
import { play } from './play.ts'
import { SCENARIOS } from './scenarios/all.ts'

await play(boxo, SCENARIOS)
