import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { bytesText, ratioText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { live } from '../state/app-state.ts'

const MOST = 8

/** Those with whom most was exchanged. */
export function TopPartners(): JSX.Element {
  const rows = useComputed(() =>
    live.partners.shown.value.rows
      .filter(({ isConnected }) => isConnected)
      .sort((a, b) => b.sent + b.received - a.sent - a.received)
      .slice(0, MOST)
  )
  return (
    <Panel title="Most traded with" aside={<a href="#/partners">All partners</a>}>
      {rows.value.length === 0 ? (
        <Empty title="No peer is connected">
          Connect to one under <a href="#/partners">Partners</a>.
        </Empty>
      ) : (
        <table class="plain" aria-label="Most traded with">
          <thead>
            <tr>
              <th scope="col">Peer</th>
              <th scope="col">Agent</th>
              <th scope="col" class="number">
                Received
              </th>
              <th scope="col" class="number">
                Sent
              </th>
              <th scope="col" class="number">
                Debt ratio
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.value.map((partner) => (
              <tr key={partner.id}>
                <td class="mono" title={partner.id}>
                  {shortPeer(partner.id)}
                </td>
                <td class="cut">{safeText(partner.agent ?? '–', 60)}</td>
                <td class="number">{bytesText(partner.received)}</td>
                <td class="number">{bytesText(partner.sent)}</td>
                <td class="number">{partner.debtRatio > 999 ? '> 999' : ratioText(partner.debtRatio)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
