import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import { bytesText, rateText } from '../format/numbers.ts'
import { latencyText } from '../format/times.ts'
import type { PartnerRow } from '../insight.ts'
import { Meter } from '../parts/meter.tsx'
import type { Column } from '../table/column.ts'
import { numberColumn } from '../table/number-column.tsx'
import { DebtRatio } from './debt-ratio.tsx'
import { Standing } from './standing.tsx'

export const PARTNER_COLUMNS: readonly Column<PartnerRow>[] = [
  {
    key: 'peer',
    title: 'Peer',
    width: '114px',
    isMono: true,
    value: (partner) => partner.id,
    cell: (partner) => <span title={partner.id}>{shortPeer(partner.id)}</span>
  },
  {
    key: 'agent',
    title: 'Agent',
    about: 'What it says it is',
    width: 'minmax(92px, 1fr)',
    value: (partner) => partner.agent,
    cell: (partner) => {
      const agent = safeText(partner.agent ?? '–', 128)
      return <span title={agent}>{agent}</span>
    }
  },
  {
    key: 'standing',
    title: 'Standing',
    about: 'Its connection, and what is decided about it',
    width: '88px',
    value: (partner) =>
      partner.banned !== undefined ? 0 : partner.policy === 'denied' ? 1 : partner.isConnected ? 2 : 3,
    cell: (partner) => <Standing partner={partner} />
  },
  {
    key: 'latency',
    title: 'Latency',
    width: '64px',
    isNumber: true,
    value: (partner) => partner.latencyMs,
    cell: (partner) => latencyText(partner.latencyMs)
  },
  numberColumn({
    key: 'received',
    title: 'Received',
    about: 'Block bytes that came from it, over all times',
    width: '74px',
    text: bytesText
  }),
  numberColumn({
    key: 'sent',
    title: 'Sent',
    about: 'Block bytes that went to it, over all times',
    width: '72px',
    text: bytesText
  }),
  {
    key: 'debt',
    title: 'Debt ratio',
    about: 'sent / (received + 1): above 1, it owes us',
    width: '80px',
    isNumber: true,
    first: 'descending',
    value: (partner) => partner.debtRatio,
    cell: (partner) => <DebtRatio partner={partner} />
  },
  numberColumn({ key: 'wants', title: 'Its wants', about: 'Blocks that it waits for', width: '72px' }),
  numberColumn({
    key: 'queuedBytes',
    title: 'Queued',
    about: 'Bytes of blocks that wait to be sent to it',
    width: '70px',
    text: bytesText
  }),
  numberColumn({ key: 'told', title: 'Our wants', about: 'Wants that we have told it of', width: '76px' }),
  {
    key: 'score',
    title: 'Trust',
    about: 'From 0 to 1: how it has kept its word',
    width: '88px',
    value: (partner) => partner.score,
    first: 'descending',
    cell: (partner) => (
      <Meter
        label="Trust"
        value={partner.score}
        max={1}
        text={partner.score.toFixed(2)}
        tone={partner.score < 0.3 ? 'bad' : 'payload'}
      />
    )
  },
  {
    key: 'limit',
    title: 'Limit',
    about: 'Limits of its own: to it · from it',
    width: 'minmax(54px, 0.5fr)',
    value: (partner) => partner.upload ?? partner.download,
    cell: (partner) => {
      if (partner.upload === undefined && partner.download === undefined) return <span class="none">–</span>
      return `${limitText(partner.upload)} · ${limitText(partner.download)}`
    }
  }
]

/** A limit; none of its own is another thing than none at all. */
export function limitText(bytes: number | undefined): string {
  return bytes === undefined ? '–' : bytes === 0 ? 'none' : rateText(bytes)
}
