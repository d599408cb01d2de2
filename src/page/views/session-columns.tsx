import { countText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import type { SessionRow } from '../insight.ts'
import { Age } from '../parts/age.tsx'
import { Meter } from '../parts/meter.tsx'
import type { Column } from '../table/column.ts'

function figure(key: 'ready' | 'asked' | 'searching' | 'peers', title: string, about: string): Column<SessionRow> {
  return {
    key,
    title,
    about,
    width: '66px',
    isNumber: true,
    first: 'descending',
    value: (session) => session[key],
    cell: (session) => countText(session[key])
  }
}

export const SESSION_COLUMNS: readonly Column<SessionRow>[] = [
  {
    key: 'label',
    title: 'For',
    about: 'What it is for, as whoever opened it says',
    width: 'minmax(96px, 0.7fr)',
    value: (session) => session.label,
    cell: (session) => (
      <>
        {safeText(session.label, 60)} <span class="quiet mono">{safeText(session.id, 12)}</span>
      </>
    )
  },
  {
    key: 'age',
    title: 'Age',
    width: '82px',
    isNumber: true,
    value: (session) => session.since,
    cell: (session) => <Age since={session.since} />
  },
  {
    key: 'done',
    title: 'Blocks done',
    width: 'minmax(150px, 1fr)',
    value: (session) => session.done,
    first: 'descending',
    cell: (session) => (
      <Meter
        label="Blocks done"
        value={session.done}
        max={session.done + session.open}
        text={`${countText(session.done)} of ${countText(session.done + session.open)}`}
      />
    )
  },
  {
    key: 'open',
    title: 'Open',
    width: '62px',
    isNumber: true,
    first: 'descending',
    value: (session) => session.open,
    cell: (session) => countText(session.open)
  },
  figure('ready', 'Ready', 'Wants to be asked of somebody'),
  figure('asked', 'Asked', 'Wants that somebody was asked for'),
  figure('searching', 'Searching', 'Wants that nobody known has'),
  figure('peers', 'Peers', 'Peers that serve it'),
  {
    key: 'named',
    title: 'Named',
    about: 'Peers that were named by whoever opened it; of them, those that could not be reached',
    width: '120px',
    value: (session) => session.named,
    first: 'descending',
    cell: (session) =>
      session.named === 0 ? (
        <span class="quiet">–</span>
      ) : (
        <span class={session.unreached > 0 ? 'warn-text' : ''}>
          {session.named}
          {session.unreached > 0 && `, ${session.unreached} not reached`}
          {session.isFixed && ', only'}
        </span>
      )
  }
]
