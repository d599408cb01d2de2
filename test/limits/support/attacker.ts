/** Peers that attack, in a process of their own. */
import { crowdCalls } from '../attacks/crowd.ts'
import { heavyMessages } from '../attacks/heavy-messages.ts'
import { muxAttacks } from '../attacks/mux-attacks.ts'
import { silentSockets } from '../attacks/silent-sockets.ts'
import { wantAttacks } from '../attacks/want-attacks.ts'
import { answerCalls } from './child.ts'

const calls = { ...crowdCalls, ...heavyMessages, ...muxAttacks, ...silentSockets, ...wantAttacks }

export type AttackerCalls = typeof calls

answerCalls(calls)
