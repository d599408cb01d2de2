import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { MaybePromise, PartialMessage, Random } from '../ports.ts'
import type { Core, Line } from './lane.ts'
import type { MicroClock, Uplink } from './uplink.ts'

/** What the sender shares between all its connections. */
export interface SendingHost {
  readonly peer: PeerId
  readonly uplink: Uplink
  readonly core: Core | undefined
  readonly egressMicros: number
}

/** What the receiver shares between all its connections, and what it does with a message. */
export interface ReceivingHost {
  readonly peer: PeerId
  readonly downlink: Line | undefined
  readonly core: Core | undefined
  readonly egressMicros: number
  received(from: PeerId, message: Message): MaybePromise<void>
  /** Of a message that is long on its way, a part is here. */
  receiving(from: PeerId, part: PartialMessage): void
}

export interface PipeParts {
  readonly clock: MicroClock
  readonly from: SendingHost
  readonly to: ReceivingHost
  /** Makes the random numbers of one way, when something is drawn: jitter, or loss. */
  readonly draw: (from: PeerId, to: PeerId) => Random
}
