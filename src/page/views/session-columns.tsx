import { countText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { shortLabel } from '../format/short-id.ts'
import type { SessionRow } from '../insight.ts'
import { Age } from '../parts/age.tsx'
import { Meter } from '../parts/meter.tsx'
import type { Column } from '../table/column.ts'
import { numberColumn } from '../table/number-column.tsx'

export const SESSION_COLUMNS: readonly Column<SessionRow>[] = [
  {
    key: 'label',
    title: 'For',
    about: 'What it is for, as whoever opened it says',
    width: 'minmax(80px, 1.2fr)',
    value: (session) => session.label,
    cell: (session) => (
      <span title={safeText(session.label)}>
        {safeText(shortLabel(session.label), 60)} <span class="quiet mono">{safeText(session.id, 12)}</span>
      </span>
    )
  },
  {
    key: 'age',
    title: 'Age',
    width: '76px',
    isNumber: true,
    value: (session) => session.since,
    cell: (session) => <Age since={session.since} />
  },
  {
    key: 'done',
    title: 'Blocks done',
    width: 'minmax(96px, 1.2fr)',
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
  numberColumn({ key: 'open', title: 'Open', about: 'Wants that have no block yet', width: '46px' }),
  numberColumn({ key: 'ready', title: 'Ready', about: 'Wants to be asked of somebody', width: '46px' }),
  numberColumn({ key: 'asked', title: 'Asked', about: 'Wants that somebody was asked for', width: '46px' }),
  numberColumn({ key: 'searching', title: 'Searching', about: 'Wants that nobody known has', width: '66px' }),
  numberColumn({ key: 'peers', title: 'Peers', about: 'Peers that serve it', width: '46px' }),
  {
    key: 'named',
    title: 'Named',
    about: 'Peers that were named by whoever opened it; of them, those that could not be reached',
    width: 'minmax(56px, 0.6fr)',
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
