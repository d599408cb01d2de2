/** Peers that attack, in a process of their own. */
import { crowdCalls } from '../attacks/crowd.ts'
import { heavyMessages } from '../attacks/heavy-messages.ts'
import { muxAttacks } from '../attacks/mux-attacks.ts'
import { partialMessages } from '../attacks/partial-messages.ts'
import { silentSockets } from '../attacks/silent-sockets.ts'
import { sybils } from '../attacks/sybils.ts'
import { wantAttacks } from '../attacks/want-attacks.ts'
import { answerCalls } from './child.ts'

const calls = {
  ...crowdCalls,
  ...heavyMessages,
  ...muxAttacks,
  ...partialMessages,
  ...silentSockets,
  ...sybils,
  ...wantAttacks
}

export type AttackerCalls = typeof calls

answerCalls(calls)
