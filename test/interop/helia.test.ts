import { helia } from './helia/helia-kind.ts'
import { play } from './play.ts'
import { SCENARIOS } from './scenarios/all.ts'

await play(helia, SCENARIOS)
