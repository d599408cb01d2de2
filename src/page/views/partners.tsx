import { useComputed, useSignal, type Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { countText } from '../format/numbers.ts'
import type { PartnerRow } from '../insight.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { Choice, FilterField } from '../parts/toolbar.tsx'
import { actions } from '../rpc/actions.ts'
import { live } from '../state/app-state.ts'
import { DataTable } from '../table/data-table.tsx'
import { PARTNER_COLUMNS } from './partner-columns.tsx'
import { PartnerDetail } from './partner-detail.tsx'

type Which = 'all' | 'connected' | 'wanting' | 'ruled'

/** With whom this peer trades, and on what terms. */
export function Partners(): JSX.Element {
  const filter = useSignal('')
  const which = useSignal<Which>('all')
  const opened = useSignal<string | undefined>(undefined)
  const rows = useComputed(() => {
    const needle = filter.value.trim().toLowerCase()
    return live.partners.shown.value.rows.filter((partner) => isOf(partner, which.value) && holds(partner, needle))
  })
  const { total, rows: all } = live.partners.shown.value
  return (
    <div class={opened.value === undefined ? 'split' : 'split has-side'}>
      <Panel
        title="Partners"
        name="fill"
        aside={
          <>
            <WhichChoice which={which} total={total} />
            <FilterField text={filter} label="Filter by peer, agent or address" />
          </>
        }
      >
        <DataTable
          label="Partners"
          rows={rows}
          columns={PARTNER_COLUMNS}
          leastPx={1060}
          sort={{ key: 'received', direction: 'descending' }}
          opened={opened.value}
          onOpen={(partner) => (opened.value = partner.id)}
          tone={toneOf}
          empty={<NoPartners isFiltered={all.length > 0} />}
        />
        {total > all.length && (
          <p class="panel-note">
            {countText(all.length)} of {countText(total)}.
          </p>
        )}
        <Connect />
      </Panel>
      {opened.value !== undefined && <PartnerDetail id={opened.value} onClose={() => (opened.value = undefined)} />}
    </div>
  )
}

function WhichChoice({ which, total }: { readonly which: Signal<Which>; readonly total: number }): JSX.Element {
  return (
    <Choice
      label="Which partners"
      chosen={which}
      choices={[
        { value: 'all', text: 'All', count: total },
        { value: 'connected', text: 'Connected' },
        { value: 'wanting', text: 'Waiting for us' },
        { value: 'ruled', text: 'Denied or banned' }
      ]}
    />
  )
}

function toneOf({ banned, policy, isConnected }: PartnerRow): string | undefined {
  if (banned !== undefined || policy === 'denied') return 'bad'
  return isConnected ? undefined : 'quiet'
}

function isOf(partner: PartnerRow, which: Which): boolean {
  if (which === 'connected') return partner.isConnected
  if (which === 'wanting') return partner.wants > 0
  return which === 'all' || partner.policy === 'denied' || partner.banned !== undefined
}

function holds({ id, agent, address }: PartnerRow, needle: string): boolean {
  return needle === '' || [id, agent, address].some((text) => text?.toLowerCase().includes(needle) === true)
}

function NoPartners({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  if (isFiltered) return <Empty title="No partner is like this">Clear the filter to see all of them.</Empty>
  return (
    <Empty title="No peer is connected">
      Connect to one below. Peers to begin with are set in a terminal: <code>barter bootstrap add &lt;address&gt;</code>
    </Empty>
  )
}

function Connect(): JSX.Element {
  const address = useSignal('')
  const isDialling = useSignal(false)
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (isDialling.value || address.value.trim() === '') return
    isDialling.value = true
    if (await actions.connect(address.value.trim())) address.value = ''
    isDialling.value = false
  }
  return (
    <form class="panel-foot" onSubmit={(event) => void submit(event)}>
      <input
        class="field mono wide"
        aria-label="Address of a peer"
        placeholder="/ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…"
        value={address.value}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => (address.value = currentTarget.value)}
      />
      <button type="submit" class="button" aria-disabled={isDialling.value}>
        {isDialling.value ? 'Connecting …' : 'Connect'}
      </button>
    </form>
  )
}
