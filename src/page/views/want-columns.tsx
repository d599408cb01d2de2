import type { JSX } from 'preact'
import { safeText } from '../format/safe-text.ts'
import { shortId, shortLabel } from '../format/short-id.ts'
import type { WantRow } from '../insight.ts'
import { Age } from '../parts/age.tsx'
import type { Column } from '../table/column.ts'

export const WANT_COLUMNS: readonly Column<WantRow>[] = [
  {
    key: 'cid',
    title: 'CID',
    width: '112px',
    isMono: true,
    value: (want) => want.id,
    cell: (want) => <span title={want.id}>{shortId(want.id)}</span>
  },
  {
    key: 'stuck',
    title: 'Stuck because',
    width: 'minmax(120px, 1.6fr)',
    value: (want) => want.stuckBecause?.text,
    cell: (want) => {
      const text = safeText(want.stuckBecause?.text ?? '')
      return <span title={text}>{text}</span>
    }
  },
  {
    key: 'age',
    title: 'Age',
    about: 'Since it was first wanted',
    width: '82px',
    isNumber: true,
    value: (want) => want.since,
    cell: (want) => <Age since={want.since} />
  },
  {
    key: 'phase',
    title: 'Phase',
    about: 'Where it stands: in the local store, ready, asked of peers, searched for, or being stored',
    width: '74px',
    value: (want) => want.phase,
    cell: (want) => <Phase want={want} />
  },
  {
    key: 'session',
    title: 'For',
    about: 'The session that has wanted it for longest',
    width: 'minmax(80px, 1fr)',
    value: (want) => want.label,
    cell: (want) => (
      <span title={`${safeText(want.label)} (session ${safeText(want.session)})`}>
        {safeText(shortLabel(want.label), 60)}
        {want.sessions > 1 && <span class="quiet"> +{want.sessions - 1}</span>}
      </span>
    )
  },
  {
    key: 'asked',
    title: 'Asked',
    about: 'Peers that were asked',
    width: '50px',
    isNumber: true,
    first: 'descending',
    value: (want) => want.asked,
    cell: (want) => want.asked
  },
  {
    key: 'answers',
    title: 'Answers',
    about: 'Have it · do not have it · silent so far',
    width: '104px',
    value: (want) => want.have * 1_000_000 - want.dontHave,
    first: 'descending',
    cell: (want) => <Answers want={want} />
  }
]

function Phase({ want }: { readonly want: WantRow }): JSX.Element {
  return <span class={`phase ${want.phase}`}>{want.phase}</span>
}

/** Three figures whose places tell what they are, and whose titles say it. */
export function Answers({ want }: { readonly want: WantRow }): JSX.Element {
  return (
    <span class="answers">
      <span class={want.have > 0 ? 'have' : 'none'} title={`${want.have} have it`}>
        <span aria-hidden="true">✓</span>
        {want.have}
        <span class="unseen"> have it, </span>
      </span>
      <span class={want.dontHave > 0 ? 'dont-have' : 'none'} title={`${want.dontHave} do not have it`}>
        <span aria-hidden="true">✗</span>
        {want.dontHave}
        <span class="unseen"> do not, </span>
      </span>
      <span class={want.silent > 0 ? 'silent' : 'none'} title={`${want.silent} have said nothing`}>
        <span aria-hidden="true">…</span>
        {want.silent}
        <span class="unseen"> silent</span>
      </span>
    </span>
  )
}
