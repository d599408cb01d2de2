import type { Partner } from './partner.ts'
import type { UploadStat } from './uploads.ts'

/** What became of wants, since the start. */
export interface AnswerStat {
  /** Wants that found no room, or lost it to better ones. */
  overflowDropped: number
  /** Presences that were not sent because the partner does not read those it asked for. */
  presencesDropped: number
  /** Wants not looked at because their partner asked too often for what it cannot get (`missesPerSecond`). */
  wantsIgnored: number
}

/** Counters since the start, and what is the case now. Bytes are block bytes. */
export interface EngineStat {
  readonly blocksSent: number
  readonly dataSent: number
  readonly messagesSent: number
  readonly presencesSent: number
  readonly failedWrites: number
  readonly tasksDropped: number
  readonly overflowDropped: number
  readonly presencesDropped: number
  readonly wantsIgnored: number
  readonly entriesDropped: number
  /** Entries of wantlists that are not handled yet. */
  readonly waitingEntries: number
  /** Connected peers that found no room (`maxPartners`). */
  readonly refusedPartners: number
  readonly wants: number
  /** Keys that somebody waits for, because they are not here or not looked up yet. */
  readonly standingKeys: number
  readonly activeLookups: number
  readonly waitingLookups: number
  /** Partners that could be served, had they a slot. */
  readonly waitingPartners: number
  /** Blocks that wait to be sent, and those being read or sent. */
  readonly pendingTasks: number
  readonly activeTasks: number
  /** Presences that wait to be sent, or are being sent. */
  readonly presencesHeld: number
  readonly pendingBytes: number
  readonly inFlightBytes: number
  readonly inFlightMessages: number
  /** Messages of blocks that may be under way at a time, and those that take a place of it. */
  readonly slots: number
  readonly slotsUsed: number
}

/** What the engine holds for one partner. Bytes are block bytes. */
export interface PartnerLoad {
  readonly wants: number
  readonly pendingTasks: number
  readonly activeTasks: number
  readonly pendingBytes: number
  readonly inFlightBytes: number
  readonly overflowDropped: number
}

/** Where the figures are. */
export interface EngineStatParts {
  readonly partners: ReadonlyMap<unknown, Partner>
  readonly refused: { readonly size: number }
  readonly uploads: { readonly stat: UploadStat; readonly inFlightBytes: number }
  readonly answers: { readonly stat: AnswerStat; readonly standing: number }
  readonly intake: { readonly stat: { readonly entriesDropped: number }; readonly waiting: number }
  readonly lookups: { readonly active: number }
  readonly turns: { readonly size: number }
  readonly slots: { readonly size: number; readonly count: number; readonly free: number }
}

/** Adds up over all partners. */
export function engineStat(parts: EngineStatParts): EngineStat {
  const { uploads, answers, intake, slots } = parts
  const sum = { wants: 0, pendingTasks: 0, activeTasks: 0, pendingBytes: 0, presencesHeld: 0, waitingLookups: 0 }
  for (const partner of parts.partners.values()) {
    const load = partnerLoad(partner)
    sum.wants += load.wants
    sum.pendingTasks += load.pendingTasks
    sum.activeTasks += load.activeTasks
    sum.pendingBytes += load.pendingBytes
    sum.presencesHeld += partner.presences.held
    sum.waitingLookups += partner.toLook.size
  }
  const { blocksSent, dataSent, messagesSent, presencesSent, failedWrites, tasksDropped } = uploads.stat
  return {
    ...{ blocksSent, dataSent, messagesSent, presencesSent, failedWrites, tasksDropped },
    ...answers.stat,
    ...intake.stat,
    ...sum,
    waitingEntries: intake.waiting,
    refusedPartners: parts.refused.size,
    standingKeys: answers.standing,
    activeLookups: parts.lookups.active,
    waitingPartners: parts.turns.size,
    inFlightBytes: uploads.inFlightBytes,
    inFlightMessages: slots.size,
    slots: slots.count,
    slotsUsed: slots.count - slots.free
  }
}

export function partnerLoad(partner: Partner): PartnerLoad {
  return {
    wants: partner.wants.size + partner.sending.size,
    pendingTasks: partner.queue.size,
    activeTasks: partner.sending.size,
    pendingBytes: partner.pendingBytes,
    inFlightBytes: partner.inFlightWork,
    overflowDropped: partner.overflowDropped
  }
}
