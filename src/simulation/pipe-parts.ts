import type { Message } from '../message/message.ts'
import type { MaybePromise, PartialMessage, Random } from '../ports.ts'
import type { Core, Line } from './lane.ts'
import type { MicroClock, Uplink } from './uplink.ts'

/** What the sender shares between all its connections. */
export interface SendingHost {
  readonly uplink: Uplink
  readonly core: Core | undefined
  readonly egressMicros: number
}

/** What the receiver shares between all its connections, and what it does with a message. */
export interface ReceivingHost {
  readonly downlink: Line | undefined
  readonly core: Core | undefined
  deliver(message: Message): MaybePromise<void>
  /** Of a message that is long on its way, a part is here. */
  receiving(part: PartialMessage): void
}

export interface PipeParts {
  readonly clock: MicroClock
  readonly from: SendingHost
  readonly to: ReceivingHost
  /** What the two ends add to the round trip of the link. */
  readonly roundTripMicros: number
  /** Made when something is drawn: jitter, or loss. */
  readonly random: () => Random
}
