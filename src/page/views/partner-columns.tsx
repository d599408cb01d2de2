import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import { bytesText, countText, rateText, ratioText } from '../format/numbers.ts'
import { latencyText } from '../format/times.ts'
import type { PartnerRow } from '../insight.ts'
import { Meter } from '../parts/meter.tsx'
import type { Column } from '../table/column.ts'
import { Standing } from './standing.tsx'

type NumberKey = 'sent' | 'received' | 'wants' | 'queuedBytes' | 'told'

function figure(key: NumberKey, title: string, about: string, width: string): Column<PartnerRow> {
  const text = key === 'wants' || key === 'told' ? countText : bytesText
  return {
    key,
    title,
    about,
    width,
    isNumber: true,
    first: 'descending',
    value: (partner) => partner[key],
    cell: (partner) => <span class={partner[key] === 0 ? 'none' : ''}>{text(partner[key])}</span>
  }
}

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
  figure('received', 'Received', 'Block bytes that came from it, over all times', '72px'),
  figure('sent', 'Sent', 'Block bytes that went to it, over all times', '72px'),
  {
    key: 'debt',
    title: 'Debt ratio',
    about: 'sent / (received + 1): above 1, it owes us',
    width: '74px',
    isNumber: true,
    first: 'descending',
    value: (partner) => partner.debtRatio,
    cell: (partner) => (
      <span class={partner.debtRatio > 2 ? 'warn-text' : ''}>
        {partner.sent + partner.received === 0 ? '–' : debtText(partner.debtRatio)}
      </span>
    )
  },
  figure('wants', 'Its wants', 'Blocks that it waits for', '68px'),
  figure('queuedBytes', 'Queued', 'Bytes of blocks that wait to be sent to it', '70px'),
  figure('told', 'Our wants', 'Wants that we have told it of', '70px'),
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

/** A ratio of more than a thousand says no more than that. */
function debtText(ratio: number): string {
  return ratio > 999 ? '> 999' : ratioText(ratio)
}

/** A limit; none of its own is another thing than none at all. */
export function limitText(bytes: number | undefined): string {
  return bytes === undefined ? '–' : bytes === 0 ? 'none' : rateText(bytes)
}
