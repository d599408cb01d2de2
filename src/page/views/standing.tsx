import type { JSX } from 'preact'
import type { PartnerRow } from '../insight.ts'

/** A word on how a partner stands here, the most serious first. */
export function Standing({ partner }: { readonly partner: PartnerRow }): JSX.Element {
  const { banned, policy, isConnected, direction, isKept } = partner
  if (banned !== undefined) return <span class="tag bad">banned</span>
  if (policy === 'denied') return <span class="tag bad">denied</span>
  if (!isConnected) return <span class="tag quiet">gone</span>
  return (
    <>
      <span class="tag" title={direction === 'inbound' ? 'It dialled us' : 'We dialled it'}>
        {direction === 'inbound' ? 'in' : 'out'}
      </span>
      {policy === 'allowed' && <span class="tag good">allowed</span>}
      {isKept && (
        <span class="tag good" title="Stays connected by your word">
          kept
        </span>
      )}
    </>
  )
}
