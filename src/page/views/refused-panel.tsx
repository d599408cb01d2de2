import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { countText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { live } from '../state/app-state.ts'

const BY = { limit: 'limit', policy: 'policy', rule: 'rule of the protocol' } as const

/** What was not let in, not served or not kept, since the start. */
export function RefusedPanel(): JSX.Element {
  const rows = useComputed(() => [...live.refused.shown.value.rows].sort((a, b) => b.count - a.count))
  return (
    <Panel title="Refused" aside={<span>since the start</span>}>
      {rows.value.length === 0 ? (
        <Empty title="Nothing was refused">What limits, rules and policy keep out is counted here.</Empty>
      ) : (
        <table class="plain" aria-label="Refused">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">By</th>
              <th scope="col" class="number">
                Times
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.value.map(({ id, by, text, count }) => (
              <tr key={id}>
                <td title={safeText(id)}>{safeText(text)}</td>
                <td class="quiet">{BY[by]}</td>
                <td class="number">{countText(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
