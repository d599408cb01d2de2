import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { countText } from '../format/numbers.ts'
import type { PartnerRow } from '../insight.ts'
import { Empty } from '../parts/empty.tsx'
import { actions } from '../rpc/actions.ts'
import { live } from '../state/app-state.ts'
import { PARTNER_COLUMNS } from './partner-columns.tsx'
import { PartnerDetail } from './partner-detail.tsx'
import { RowBrowser } from './row-browser.tsx'

const WHICH = ['all', 'connected', 'wanting', 'ruled'] as const
type Which = (typeof WHICH)[number]
const TEXTS = { connected: 'Connected', wanting: 'Waiting for us', ruled: 'Denied or banned' } as const

/** With whom this peer trades, and on what terms. */
export function Partners(): JSX.Element {
  return (
    <RowBrowser
      title="Partners"
      listing={live.partners.shown}
      columns={PARTNER_COLUMNS}
      sort={{ key: 'received', direction: 'descending' }}
      tone={toneOf}
      choices={WHICH}
      choiceText={(which) =>
        which === 'all' ? { text: 'All', count: live.partners.shown.value.total } : { text: TEXTS[which] }
      }
      isOf={isOf}
      filterLabel="Filter by peer, agent or address"
      textsOf={({ id, agent, address }) => [id, agent, address]}
      empty={(isFiltered) => <NoPartners isFiltered={isFiltered} />}
      part={(listed, total) => `${countText(listed)} of ${countText(total)}.`}
      foot={<Connect />}
      detail={(id, close) => <PartnerDetail id={id} onClose={close} />}
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
