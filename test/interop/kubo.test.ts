import { kubo } from './kubo/kubo-kind.ts'
import { play } from './play.ts'
import { SCENARIOS } from './scenarios/all.ts'

await play(kubo, SCENARIOS)
