import type { Refused } from '../exchange-insight.ts'

/** Counters since the start. */
export interface RefusedCounts {
  readonly engine: {
    readonly overflowDropped: number
    readonly wantsIgnored: number
    readonly entriesDropped: number
    readonly presencesDropped: number
    readonly tasksDropped: number
  }
  readonly denials: { readonly peer: number; readonly cid: number }
  readonly refusedConnections: number
  readonly blocks: { readonly unwantedBlocks: number; readonly faults: number }
  readonly wire: { readonly itemFaults: number; readonly streamFaults: number }
}

/** All that can be refused, in words; also what has not happened yet. */
export function listRefused({ engine, denials, refusedConnections, blocks, wire }: RefusedCounts): readonly Refused[] {
  const limit = (id: Refused['id'], count: number, text: string): Refused => ({ id, by: 'limit', text, count })
  const policy = (id: Refused['id'], count: number, text: string): Refused => ({ id, by: 'policy', text, count })
  const rule = (id: Refused['id'], count: number, text: string): Refused => ({ id, by: 'rule', text, count })
  return [
    limit('want-overflow', engine.overflowDropped, 'wants of partners that found no room on their wantlist'),
    limit('wants-in-vain', engine.wantsIgnored, 'wants not read: their partner asked too often for what is not here'),
    limit('wantlist-backlog', engine.entriesDropped, 'entries of wantlists that came faster than they can be read'),
    limit('presence-overflow', engine.presencesDropped, 'answers not kept for partners that do not read them'),
    limit('unsendable-block', engine.tasksDropped, 'blocks given up on after several writes that failed'),
    policy('denied-peer', denials.peer, 'times a want was denied for the peer that asked'),
    policy('denied-block', denials.cid, 'times a want was denied for the block that was asked for'),
    policy('refused-connection', refusedConnections, 'times a denied or banned peer was kept out'),
    rule('unwanted-block', blocks.unwantedBlocks, 'blocks that nobody here had asked for'),
    rule('bad-block', blocks.faults, 'blocks that are not what was asked for'),
    rule('bad-item', wire.itemFaults, 'items of messages that broke a rule'),
    rule('bad-stream', wire.streamFaults, 'streams that broke a rule, or stopped inside a message')
  ]
}
