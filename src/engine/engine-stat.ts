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
  /** Partners that could be served, had they a slot. */
  readonly waitingPartners: number
  readonly pendingTasks: number
  readonly pendingBytes: number
  readonly inFlightBytes: number
  readonly inFlightMessages: number
}
