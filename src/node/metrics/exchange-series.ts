/** What the exchange does, under our own names. */
import type { Flow } from '../../api/service/insight-snapshot.ts'
import type { StuckCode } from '../../exchange-insight.ts'
import { Tally } from '../../tally.ts'
import { counter, gauge, histogram, labelled, type Sample, type Scrape, type Series } from './series.ts'

/** Wants older than these, in seconds, are counted. */
const AGES = [1, 10, 60, 600]
const DEBT_RATIOS = [0.1, 0.5, 1, 2, 10, 100]
/** A row of the wants is made to know why it is stuck: no more of them than this in one scrape. */
export const MAX_WANTS = 5_000

const STUCK: Readonly<Record<StuckCode, 0>> = {
  'slow-store': 0,
  'no-peers': 0,
  'all-dont-have': 0,
  'no-providers': 0,
  'dial-failing': 0,
  'silent-peers': 0,
  'busy-peers': 0,
  connecting: 0,
  searching: 0,
  'only-named-peers': 0,
  'download-limit': 0
}

export const EXCHANGE_SERIES: readonly Series[] = [
  gauge('barter_strategy_info', 'The strategy by which upload is divided', ({ snapshot }) => [
    { value: 1, labels: { strategy: snapshot.engine.strategy } }
  ]),
  counter('barter_bytes_total', 'Bytes on the wire, by what they were good for', ({ snapshot }) => [
    ...flow('in', snapshot.traffic.totalIn),
    ...flow('out', snapshot.traffic.totalOut)
  ]),
  counter('barter_messages_total', 'Messages of bitswap', ({ snapshot }) =>
    labelled('direction', { in: snapshot.traffic.messagesIn, out: snapshot.traffic.messagesOut })
  ),
  counter('barter_blocks_sent_total', 'Blocks sent', ({ snapshot }) => snapshot.traffic.blocksOut),
  counter('barter_presences_received_total', 'Answers of peers without a block', ({ meter }) =>
    labelled('answer', { have: meter.havesReceived, 'dont-have': meter.dontHavesReceived })
  ),
  gauge('barter_wants_older_than', 'Wants that are older than so many seconds', wantsByAge),
  gauge('barter_wants_oldest_seconds', 'Age of the oldest want', ({ exchange, snapshot }) =>
    Math.max(0, (snapshot.at - (exchange.insight.oldestWantAt() ?? snapshot.at)) / 1_000)
  ),
  gauge('barter_wants_stuck', 'Wants that take too long, by the reason', ({ snapshot }) => {
    const counts: Record<string, number> = { ...STUCK }
    for (const { stuckBecause } of snapshot.wants.rows) {
      if (stuckBecause !== undefined) counts[stuckBecause.code] = (counts[stuckBecause.code] ?? 0) + 1
    }
    return labelled('reason', counts)
  }),
  gauge('barter_sessions', 'Sessions under way', ({ snapshot }) => snapshot.sessions.total),
  gauge('barter_partners', 'Connected peers that speak bitswap', ({ snapshot }) => snapshot.peer.partners),
  gauge(
    'barter_banned_peers',
    'Peers that are banned',
    ({ snapshot }) => snapshot.partners.rows.filter(({ banned }) => banned !== undefined).length
  ),
  histogram('barter_partner_debt_ratio', 'Debt ratios of connected partners', ({ snapshot }) => {
    const ratios = new Tally(DEBT_RATIOS)
    for (const { isConnected, debtRatio } of snapshot.partners.rows) if (isConnected) ratios.add(debtRatio)
    return ratios
  }),
  gauge('barter_engine_slots', 'Upload slots', ({ snapshot }) =>
    labelled('state', { all: snapshot.engine.slots, used: snapshot.engine.slotsUsed })
  ),
  gauge(
    'barter_engine_waiting_partners',
    'Partners that wait for a slot',
    ({ snapshot }) => snapshot.engine.waitingPartners
  ),
  gauge('barter_engine_wants', 'Wants of partners', ({ snapshot }) => snapshot.engine.wants),
  gauge('barter_engine_bytes', 'Block bytes that wait, and that are on their way', ({ snapshot }) =>
    labelled('state', { pending: snapshot.engine.pendingBytes, sending: snapshot.engine.inFlightBytes })
  ),
  gauge(
    'barter_engine_waiting_entries',
    'Entries of wantlists that are not read yet',
    ({ snapshot }) => snapshot.engine.waitingEntries
  ),
  gauge(
    'barter_engine_refused_partners',
    'Connected peers for whom there is no room',
    ({ snapshot }) => snapshot.engine.refusedPartners
  ),
  counter(
    'barter_failed_writes_total',
    'Writes to partners that failed',
    ({ exchange }) => exchange.insight.engine().failedWrites
  ),
  gauge(
    'barter_unread_bytes',
    'Bytes received and not dealt with yet',
    ({ exchange }) => exchange.insight.traffic().unread
  ),
  counter('barter_refused_total', 'What was not let in, not served or not kept', refused),
  gauge('barter_rate_limit_bytes', 'Limits in bytes a second; 0 for none', ({ snapshot }) =>
    labelled('of', { ...snapshot.traffic.limits })
  )
]

function flow(direction: string, bytes: Flow): readonly Sample[] {
  return Object.entries(bytes).map(([kind, value]: [string, number]) => ({ value, labels: { direction, kind } }))
}

/** Of as many as are listed, which are the oldest. */
function wantsByAge({ snapshot }: Scrape): readonly Sample[] {
  return AGES.map((seconds) => ({
    value: snapshot.wants.rows.filter(({ since }) => snapshot.at - since > seconds * 1_000).length,
    labels: { seconds }
  }))
}

/** Also what has not happened yet: a rule on a series that is not there never fires. */
function refused({ exchange, snapshot }: Scrape): readonly Sample[] {
  const all = new Map([...exchange.insight.refused(), ...snapshot.refused.rows].map((row) => [row.id, row]))
  return Array.from(all.values(), ({ id, by, count }) => ({ value: count, labels: { reason: id, by } }))
}
