import type { JSX } from 'preact'
import { debtText, oneSided } from '../format/debt-text.ts'
import { bytesText, countOf, countText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { latencyText } from '../format/times.ts'
import type { PartnerRow } from '../insight.ts'
import { Age } from '../parts/age.tsx'
import { Facts } from '../parts/facts.tsx'
import { Standing } from './standing.tsx'

/** What is known of a partner. */
export function PartnerFacts({ partner }: { readonly partner: PartnerRow }): JSX.Element {
  return (
    <>
      <Facts
        facts={[
          { name: 'Standing', value: <Standing partner={partner} /> },
          { name: 'Agent', value: safeText(partner.agent ?? '–', 128) },
          { name: 'Address', value: <span class="mono">{safeText(partner.address ?? '–')}</span> },
          { name: 'Protocol', value: <span class="mono">{safeText(partner.protocol ?? '–')}</span> },
          { name: 'Connected for', value: <Age since={partner.connectedAt} /> },
          { name: 'Connections', value: partner.connections },
          { name: 'Latency', value: latencyText(partner.latencyMs) }
        ]}
      />
      <Account partner={partner} />
    </>
  )
}

/** What was exchanged, and what either waits for. */
function Account({ partner }: { readonly partner: PartnerRow }): JSX.Element {
  return (
    <>
      <h3>Ledger</h3>
      <Facts
        facts={[
          { name: 'Received', value: bytesText(partner.received) },
          { name: 'Sent', value: bytesText(partner.sent) },
          { name: 'Exchanges', value: countText(partner.exchanges) },
          {
            name: 'Debt ratio',
            value: [debtText(partner), oneSided(partner)].filter(Boolean).join(': '),
            about: 'sent / (received + 1), of bytes that decay'
          },
          { name: 'Trust', value: partner.score.toFixed(3), about: 'From 0 to 1: how it has kept its word' },
          { name: 'Worth of its connection', value: `${Math.round(partner.worth)} of 100` }
        ]}
      />
      <h3>What it waits for</h3>
      <Facts
        facts={[
          { name: 'Wants', value: countText(partner.wants) },
          { name: 'Blocks to send', value: countText(partner.pendingTasks) },
          { name: 'Queued', value: bytesText(partner.queuedBytes) },
          { name: 'In flight', value: bytesText(partner.inFlightBytes) },
          { name: 'No room for', value: countOf(partner.overflowDropped, 'want') }
        ]}
      />
      <h3>What we wait for</h3>
      <Facts
        facts={[
          { name: 'Wants told', value: countText(partner.told) },
          { name: 'Blocks it owes', value: countText(partner.owes) }
        ]}
      />
    </>
  )
}
