import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { safeText } from '../format/safe-text.ts'
import { shortId, shortPeer } from '../format/short-id.ts'
import type { AskedPeer, Diagnosis, WantRow } from '../insight.ts'
import { Age } from '../parts/age.tsx'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { Facts } from '../parts/facts.tsx'
import { SidePanel } from '../parts/side-panel.tsx'
import { actions } from '../rpc/actions.ts'
import { look } from '../rpc/command.ts'
import { live } from '../state/app-state.ts'
import { tell } from '../state/notices.ts'
import { Findings } from './findings.tsx'
import { Answers } from './want-columns.tsx'

interface WantDetailProps {
  readonly id: string
  readonly onClose: () => void
}

export function WantDetail({ id, onClose }: WantDetailProps): JSX.Element {
  // Looked at so that it is drawn again when the list has changed.
  const isListed = live.wants.shown.value.rows.length > 0
  const want = isListed ? live.wants.get(id) : undefined
  return (
    <SidePanel title={`Want ${shortId(id)}`} id={id} onClose={onClose}>
      <p class="long-id">
        <Copyable text={id} what="CID" />
      </p>
      {want === undefined ? <p>It is wanted no more: it has come, or was cancelled.</p> : <Open want={want} />}
      <Doctor key={id} cid={id} />
    </SidePanel>
  )
}

function Open({ want }: { readonly want: WantRow }): JSX.Element {
  return (
    <>
      {want.stuckBecause !== undefined && (
        <div class="callout bad">
          <strong>Stuck</strong>
          {safeText(want.stuckBecause.text)}
        </div>
      )}
      <Facts
        facts={[
          { name: 'Wanted for', value: <Age since={want.since} /> },
          { name: 'Phase', value: want.phase },
          { name: 'Asking for', value: ASKING[want.kind] },
          { name: 'For', value: `${safeText(want.label, 80)} (session ${safeText(want.session, 40)})` },
          { name: 'Sessions', value: want.sessions },
          { name: 'Answers', value: <Answers want={want} /> },
          { name: 'Last asked', value: <Age since={want.lastSentAt} /> }
        ]}
      />
      <h3>Asked</h3>
      {want.peers.length === 0 ? (
        <p class="quiet">Nobody so far.</p>
      ) : (
        <ul class="rows">
          {want.peers.map((peer) => (
            <Asked key={peer.peer} asked={peer} />
          ))}
        </ul>
      )}
      {want.asked > want.peers.length && <p class="quiet">and {want.asked - want.peers.length} more</p>}
      <div class="actions">
        <ConfirmButton
          label="Cancel this want"
          question="Its requests will fail. Cancel?"
          onConfirm={() => actions.unwant(want.id)}
        />
      </div>
    </>
  )
}

const ASKING = { block: 'the block', have: 'whether they have it', none: 'nothing at the moment' } as const
const ANSWERS = { have: 'has it', 'dont-have': 'does not have it', silent: 'silent' } as const

function Asked({ asked }: { readonly asked: AskedPeer }): JSX.Element {
  return (
    <li>
      <Copyable text={asked.peer} shown={shortPeer(asked.peer)} what="peer id" />
      <span class={`answer ${asked.answer}`}>{ANSWERS[asked.answer]}</span>
      {asked.dueSince !== undefined && (
        <span class="quiet">
          owes it since <Age since={asked.dueSince} />
        </span>
      )}
    </li>
  )
}

/** Asks the daemon why the block cannot be had. */
function Doctor({ cid }: { readonly cid: string }): JSX.Element {
  const diagnosis = useSignal<Diagnosis | undefined>(undefined)
  const isAsking = useSignal(false)
  const ask = async (): Promise<void> => {
    if (isAsking.value) return
    isAsking.value = true
    try {
      diagnosis.value = (await look(`/api/barter/doctor?cid=${encodeURIComponent(cid)}`)) as Diagnosis
    } catch (error) {
      tell('failed', error instanceof Error ? error.message : String(error))
    }
    isAsking.value = false
  }
  return (
    <>
      <h3>Doctor</h3>
      <div class="actions">
        <button type="button" class="button" aria-disabled={isAsking.value} onClick={() => void ask()}>
          {isAsking.value ? 'Looking …' : 'Find out why'}
        </button>
      </div>
      <div aria-live="polite">{diagnosis.value !== undefined && <Findings findings={diagnosis.value.findings} />}</div>
    </>
  )
}
