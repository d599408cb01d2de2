import type { JSX } from 'preact'
import type { PartnerRow } from '../insight.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { actions } from '../rpc/actions.ts'

/** What can be done about a partner, as it stands now. */
export function PartnerActions({ partner }: { readonly partner: PartnerRow }): JSX.Element {
  const { id, isConnected, policy, address } = partner
  const target = address === undefined ? `/p2p/${id}` : address.includes('/p2p/') ? address : `${address}/p2p/${id}`
  return (
    <div class="actions">
      {isConnected ? (
        <button type="button" class="button" onClick={() => void actions.disconnect(id)}>
          Disconnect
        </button>
      ) : (
        <button type="button" class="button" onClick={() => void actions.connect(target)}>
          Connect
        </button>
      )}
      {policy !== 'allowed' && (
        <button
          type="button"
          class="button"
          title="As soon as one peer is allowed, those that are not get nothing"
          onClick={() => void actions.allow(id)}
        >
          Allow
        </button>
      )}
      {policy !== 'denied' && (
        <ConfirmButton label="Deny" question="It will be cut off. Deny?" onConfirm={() => actions.deny(id)} />
      )}
      {policy !== 'default' && (
        <button type="button" class="button" onClick={() => void actions.forget(id)}>
          Take the rule back
        </button>
      )}
    </div>
  )
}
