import type { PeerId } from '../ids.ts'
import { createMessage, type Message } from '../message/message.ts'
import type { Logger } from '../ports.ts'
import { MAX_PRESENCES_PER_MESSAGE, type EngineOutbox } from './uploads.ts'

/** Messages being written to peers for which there is no room, all together; beyond, they get no answer. */
const MAX_REFUSALS = 64

/** Answers peers for which there is no room, from what is at hand. */
export class Refusals {
  readonly #outbox: EngineOutbox
  readonly #logger: Logger
  #underWay = 0

  constructor(outbox: EngineOutbox, logger: Logger) {
    this.#outbox = outbox
    this.#logger = logger
  }

  refuse(peer: PeerId, message: Message): void {
    const asking = message.wants.filter(({ sendDontHave }) => sendDontHave).slice(0, MAX_PRESENCES_PER_MESSAGE)
    if (asking.length === 0 || this.#underWay >= MAX_REFUSALS) return
    const presences = asking.map(({ cid, key }) => ({ cid, key, have: false }))
    this.#underWay++
    this.#outbox
      .send(peer, createMessage({ presences }))
      .catch((error: unknown) => this.#logger.debug('refusal not sent', { peer, error }))
      .finally(() => this.#underWay--)
  }
}
