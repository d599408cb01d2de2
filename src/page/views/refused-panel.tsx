import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { countText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
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
        <PlainTable
          label="Refused"
          rows={rows.value}
          keyOf={({ id }) => id}
          columns={[
            { title: 'What', cell: ({ id, text }) => <span title={safeText(id)}>{safeText(text)}</span> },
            { title: 'By', kind: 'quiet', cell: ({ by }) => BY[by] },
            { title: 'Times', kind: 'number', cell: ({ count }) => countText(count) }
          ]}
        />
      )}
    </Panel>
  )
}
