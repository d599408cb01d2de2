import type { SessionRow, WantRow } from '../../api/service/insight-wants.ts'
import type { SessionInsight, WantInsight } from '../../exchange-insight.ts'

export function wantRow(want: WantInsight): WantRow {
  const { cid, session, peers, stuckBecause, since, sessions, phase, asked, have, dontHave, silent, lastSentAt } = want
  const types = peers.map(({ askedFor }) => askedFor)
  return {
    id: cid.toString(),
    kind: types.includes('block') ? 'block' : types.includes('have') ? 'have' : 'none',
    session: session === undefined ? '' : String(session.id),
    label: session?.label ?? '',
    peers: peers.map(({ peer, answer, dueSince }) => ({ peer, answer, dueSince })),
    stuckBecause,
    ...{ since, sessions, phase, asked, have, dontHave, silent, lastSentAt }
  }
}

export function sessionRow({ id, unreached, ...session }: SessionInsight): SessionRow {
  const failures = unreached.length === 0 ? {} : { failures: unreached }
  return { ...session, id: String(id), unreached: unreached.length, ...failures }
}
