import { rememberKey, type PeerId } from '../ids.ts'
import { MAX_BLOCK_BYTES, MAX_BLOCKS_PER_MESSAGE, PORTABLE_BLOCK_BYTES } from '../message/limits.ts'
import { createMessage } from '../message/message.ts'
import type { Message, Presence, WireBlock } from '../message/message.ts'
import { cidPrefix } from '../message/prefix.ts'
import type { EngineOptions } from '../options.ts'
import type { Blockstore, Clock, Logger } from '../ports.ts'
import type { Tally } from '../tally.ts'
import { Batch } from './batch.ts'
import type { Partner } from './partner.ts'
import type { Slots } from './slots.ts'
import type { Want } from './want.ts'

/** Moves messages to partners. Messages to one peer are written in the order of the calls. */
export interface EngineOutbox {
  /** Resolves once written; rejects with `SendFailedError`. */
  send(peer: PeerId, message: Message): Promise<number>
}

export interface UploadParts {
  readonly outbox: EngineOutbox
  readonly blockstore: Pick<Blockstore, 'get'>
  /** Told of bytes that have been written. */
  readonly ledger: { sent(peer: PeerId, bytes: number, blocks: number): void }
  readonly clock: Clock
  readonly logger: Logger
  readonly slots: Slots<Batch>
  readonly answers: {
    enqueue(partner: Partner, want: Want, size: number): void
    written(partner: Partner, want: Want): void
    vanished(partner: Partner, want: Want): void
    unreadable(partner: Partner, want: Want, error: unknown): void
    isStillTrue(partner: Partner, presence: Presence): boolean
  }
  /** Asked once more when the bytes are about to leave. */
  readonly mayServe: (partner: Partner, want: Want) => boolean
  readonly throttle: {
    /** Most bytes that should leave in one message. */
    readonly quantum: number
    take(partner: Partner, bytes: number): void
    /** Bytes that were taken and did not leave. */
    giveBack(partner: Partner, bytes: number): void
  }
  /** The partner may be ready for more. */
  readonly changed: (partner: Partner) => void
}

export interface UploadStat {
  blocksSent: number
  dataSent: number
  /** Messages of blocks, or presences, that were written. */
  messagesSent: number
  presencesSent: number
  /** Writes that failed while the partner was connected. */
  failedWrites: number
  /** Tasks given up on after too many of them. */
  tasksDropped: number
  /** Sizes of blocks sent, and how long messages of blocks took; where somebody wants to know. */
  blockBytes?: Tally
  sendSeconds?: Tally
}

/** Presences in one message: with CIDs of any length they fit beside the largest block. */
export const MAX_PRESENCES_PER_MESSAGE = 8_192

/** Failed writes after which a task is dropped. */
export const MAX_FAILURES = 4

/** A partner whose writes fail again and again rests for so long, for each failure after the first. */
export const REST_MS = 1_000

/** Takes tasks from a partner's queue, reads the blocks, sends them, and settles the account when they are written. */
export class Uploads {
  readonly stat: UploadStat = {
    blocksSent: 0,
    dataSent: 0,
    messagesSent: 0,
    presencesSent: 0,
    failedWrites: 0,
    tasksDropped: 0
  }
  readonly #parts: UploadParts
  readonly #options: EngineOptions
  #inFlightBytes = 0

  constructor(parts: UploadParts, options: EngineOptions) {
    this.#parts = parts
    this.#options = options
  }

  /** Block bytes handed over, or being read for it, and not yet written. */
  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  /** Serves a partner that is ready: one message of blocks. Returns the work it is. */
  serve(partner: Partner): number {
    const { targetMessageBytes, maxInFlightBytesPerPartner } = this.#options
    const { throttle, slots } = this.#parts
    const inFlightRoom = maxInFlightBytesPerPartner - partner.inFlightWork
    const room = Math.min(targetMessageBytes, inFlightRoom, throttle.quantum)
    const wants = partner.queue.takeBatch(room, MAX_BLOCKS_PER_MESSAGE)
    for (const want of wants) {
      partner.wants.delete(want)
      want.state = 'sending'
      partner.sending.set(want.key, want)
    }
    const now = this.#parts.clock.now()
    const batch = new Batch(partner, wants, now)
    if (partner.lentSlots > 0 && slots.wouldSit(partner, now)) lendSlot(batch)
    slots.take(batch)
    partner.inFlightWork += batch.work
    partner.readingBytes += batch.bytes
    this.#inFlightBytes += batch.bytes
    throttle.take(partner, batch.bytes)
    this.#read(batch)
    return batch.work
  }

  /** Sends presences on their own, without a slot: they are small, and others decide by them. */
  sendPresences(partner: Partner): void {
    const presences = partner.presences.take(MAX_PRESENCES_PER_MESSAGE)
    if (presences.length === 0) return
    const message = createMessage({ presences, pendingBytes: partner.pendingBytes })
    this.#parts.outbox.send(partner.peer, message).then(
      () => this.#told(partner, presences),
      (error: unknown) => {
        if (partner.gone) return
        this.#restAfter(partner, error)
        this.#untold(partner, presences)
      }
    )
  }

  /** Lends slots of slow writes to others, if all are taken. */
  lendSlots(now: number): void {
    for (const batch of this.#parts.slots.lend(now)) batch.partner.lentSlots++
  }

  /** Forgets what is under way to a partner that left. What was written nevertheless is still accounted for. */
  disconnected(partner: Partner): void {
    for (const batch of this.#parts.slots.holders()) if (batch.partner === partner) this.#release(batch, false)
    partner.rest?.cancel()
  }

  #read(batch: Batch): void {
    const { blockstore } = this.#parts
    const waits: Promise<void>[] = []
    for (const [index, want] of batch.wants.entries()) {
      try {
        rememberKey(want.cid, want.key)
        const bytes = blockstore.get(want.cid)
        if (bytes instanceof Promise) waits.push(this.#readLater(batch, index, bytes))
        else batch.found[index] = bytes
      } catch (error) {
        batch.failed(index, error)
      }
    }
    if (waits.length === 0) this.#send(batch)
    else void Promise.all(waits).then(() => this.#send(batch))
  }

  #readLater(batch: Batch, index: number, bytes: Promise<Uint8Array | undefined>): Promise<void> {
    return bytes.then(
      (found) => void (batch.found[index] = found),
      (error: unknown) => batch.failed(index, error)
    )
  }

  #send(batch: Batch): void {
    const { partner } = batch
    if (partner.gone) return
    partner.readingBytes -= batch.bytes
    const blocks = this.#takeBlocks(batch)
    if (blocks.length === 0) {
      this.#release(batch, false)
      this.#parts.changed(partner)
      return
    }
    // Beside a block that may fill a message, presences would not fit; they follow on their own.
    const isFull = batch.sentBytes > PORTABLE_BLOCK_BYTES
    const presences = isFull ? [] : partner.presences.take(MAX_PRESENCES_PER_MESSAGE)
    const message = createMessage({ blocks, presences, pendingBytes: partner.pendingBytes })
    this.#parts.outbox.send(partner.peer, message).then(
      () => this.#written(batch, presences),
      (error: unknown) => this.#failed(batch, presences, error)
    )
  }

  /** The blocks of a batch that can be sent. The wants of the others leave it. */
  #takeBlocks(batch: Batch): WireBlock[] {
    const { partner } = batch
    const blocks: WireBlock[] = []
    const sent: Want[] = []
    for (const [index, want] of batch.wants.entries()) {
      const bytes = batch.found[index]
      const isThere = bytes !== undefined && bytes.byteLength <= MAX_BLOCK_BYTES
      if (want.state === 'sending' && isThere && this.#parts.mayServe(partner, want)) {
        sent.push(want)
        blocks.push({ prefix: cidPrefix(want.cid), bytes })
        continue
      }
      partner.sending.delete(want.key)
      if (want.state === 'cancelled') want.state = 'gone'
      else if (batch.errors?.has(index) === true) this.#parts.answers.unreadable(partner, want, batch.errors.get(index))
      else this.#parts.answers.vanished(partner, want)
    }
    batch.sent(sent, blocks)
    return blocks
  }

  #written(batch: Batch, presences: readonly Presence[]): void {
    const { partner } = batch
    this.#parts.ledger.sent(partner.peer, batch.sentBytes, batch.wants.length)
    this.stat.blocksSent += batch.wants.length
    this.stat.dataSent += batch.sentBytes
    for (const want of batch.wants) {
      partner.sending.delete(want.key)
      this.stat.blockBytes?.add(want.size)
      if (want.others !== undefined && !partner.gone) this.#parts.answers.written(partner, want)
      want.state = 'gone'
    }
    this.#release(batch, true)
    this.stat.sendSeconds?.add((this.#parts.clock.now() - batch.startedAt) / 1_000)
    this.#told(partner, presences)
  }

  #failed(batch: Batch, presences: readonly Presence[], error: unknown): void {
    const { partner } = batch
    this.#release(batch, false)
    if (partner.gone) return
    this.#restAfter(partner, error)
    for (const want of batch.wants) {
      partner.sending.delete(want.key)
      this.#retry(partner, want)
    }
    this.#untold(partner, presences)
  }

  #retry(partner: Partner, want: Want): void {
    const failures = want.failed()
    if (want.state === 'cancelled') {
      want.state = 'gone'
    } else if (failures < MAX_FAILURES) {
      this.#parts.answers.enqueue(partner, want, want.size)
    } else {
      want.state = 'gone'
      this.stat.tasksDropped++
      this.#parts.logger.warn('block given up on: it could not be sent', {
        peer: partner.peer,
        cid: want.cid.toString()
      })
    }
  }

  #told(partner: Partner, presences: readonly Presence[]): void {
    partner.failures = 0
    partner.presences.done(presences)
    this.stat.presencesSent += presences.length
    this.stat.messagesSent++
    this.#parts.changed(partner)
  }

  #untold(partner: Partner, presences: readonly Presence[]): void {
    if (partner.failures < MAX_FAILURES) {
      partner.presences.failed(presences, (presence) => this.#parts.answers.isStillTrue(partner, presence))
    } else {
      partner.presences.done(presences)
    }
    this.#parts.changed(partner)
  }

  #restAfter(partner: Partner, error: unknown): void {
    this.stat.failedWrites++
    partner.failures++
    const { clock, logger } = this.#parts
    logger.debug('answer not sent', { peer: partner.peer, failures: partner.failures, error })
    if (partner.failures === 1 || partner.rest !== undefined) return
    partner.rest = clock.setTimer(REST_MS, () => {
      partner.rest = undefined
      this.#parts.changed(partner)
    })
  }

  #release(batch: Batch, written: boolean): void {
    if (!this.#parts.slots.release(batch, written, this.#parts.clock.now())) return
    batch.partner.inFlightWork -= batch.work
    if (batch.lent) batch.partner.lentSlots--
    this.#parts.throttle.giveBack(batch.partner, batch.bytes - (written ? batch.sentBytes : 0))
    this.#inFlightBytes -= batch.bytes
  }
}

function lendSlot(batch: Batch): void {
  batch.lent = true
  batch.partner.lentSlots++
}
