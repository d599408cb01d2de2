import { KINDS } from './kinds.ts'
import { play } from './play.ts'
import { quietMinute } from './scenarios/waiting.ts'

for (const kind of KINDS) await play(kind, [quietMinute], { concurrent: true })
