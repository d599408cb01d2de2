import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import type { PartnerRow } from '../insight.ts'
import { Copyable } from '../parts/copyable.tsx'
import { SidePanel } from '../parts/side-panel.tsx'
import { actions } from '../rpc/actions.ts'
import { live } from '../state/app-state.ts'
import { limitText } from './partner-columns.tsx'
import { PartnerActions } from './partner-actions.tsx'
import { PartnerFacts } from './partner-facts.tsx'

interface PartnerDetailProps {
  readonly id: string
  readonly onClose: () => void
}

export function PartnerDetail({ id, onClose }: PartnerDetailProps): JSX.Element {
  const isListed = live.partners.shown.value.rows.length > 0
  const partner = isListed ? live.partners.get(id) : undefined
  return (
    <SidePanel title={`Peer ${shortPeer(id)}`} id={id} onClose={onClose}>
      <p class="long-id">
        <Copyable text={id} what="peer id" />
      </p>
      {partner === undefined ? <p>It has gone, and nothing is decided about it.</p> : <Known partner={partner} />}
    </SidePanel>
  )
}

function Known({ partner }: { readonly partner: PartnerRow }): JSX.Element {
  const { banned } = partner
  return (
    <>
      {banned !== undefined && (
        <div class="callout bad">
          <strong>Banned</strong>
          {safeText(banned.reason)}
          <button type="button" class="button" onClick={() => void actions.unban(partner.id)}>
            Lift the ban
          </button>
        </div>
      )}
      <PartnerActions partner={partner} />
      <PartnerFacts partner={partner} />
      <h3>Limits of its own</h3>
      <Limits partner={partner} />
    </>
  )
}

/** Sizes a second, as the command line takes them: `2MB`, or `0` for none. */
function Limits({ partner }: { readonly partner: PartnerRow }): JSX.Element {
  const upload = useSignal('')
  const download = useSignal('')
  const submit = (event: Event): void => {
    event.preventDefault()
    const rates = {
      ...(upload.value.trim() === '' ? {} : { upload: upload.value.trim() }),
      ...(download.value.trim() === '' ? {} : { download: download.value.trim() })
    }
    if (Object.keys(rates).length > 0) void actions.limitPeer(partner.id, rates)
  }
  const field = (label: string, text: typeof upload): JSX.Element => (
    <label>
      {label}
      <input
        class="field"
        placeholder="2MB, or 0 for none"
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
    </label>
  )
  return (
    <form class="limits" onSubmit={submit}>
      <p>
        To it: {limitText(partner.upload)} · from it: {limitText(partner.download)}
      </p>
      <div class="limits-fields">
        {field('To it, a second', upload)}
        {field('From it, a second', download)}
      </div>
      <div class="actions">
        <button type="submit" class="button">
          Limit
        </button>
        <button type="button" class="button" onClick={() => void actions.unlimitPeer(partner.id)}>
          As every peer
        </button>
      </div>
    </form>
  )
}
