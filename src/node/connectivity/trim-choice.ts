/** A connection as far as its worth goes. */
export interface ConnectionView {
  readonly id: string
  readonly ageMs: number
  readonly direction: 'inbound' | 'outbound'
  /** Open streams, not counting those that libp2p opens by itself. */
  readonly streams: number
  /** What the peer is worth by its tags. */
  readonly value: number
  readonly isProtected: boolean
}

export interface TrimLimits {
  readonly lowWater: number
  readonly highWater: number
  readonly gracePeriodMs: number
}

/**
 * Which connections to close: none up to `highWater`, else as many as it takes to get down to `lowWater`, those of least worth
 * first. Of equal ones go the idle before the busy, the inbound before the outbound, the young before the old. Protected and
 * very young ones stay, so fewer may be closed than wished. None goes in the place of a very young one that is worth less: a
 * crowd that comes all at once would drive out everybody else.
 */
export function chooseToClose(all: readonly ConnectionView[], limits: TrimLimits): readonly ConnectionView[] {
  if (all.length <= limits.highWater) return []
  const open = all.filter(({ isProtected }) => !isProtected)
  const isYoung = ({ ageMs }: ConnectionView): boolean => ageMs < limits.gracePeriodMs
  const leastOfYoung = open.reduce((least, view) => (isYoung(view) ? Math.min(least, view.value) : least), Infinity)
  return open
    .filter((view) => !isYoung(view) && view.value <= leastOfYoung)
    .sort(
      (a, b) =>
        a.value - b.value ||
        a.streams - b.streams ||
        Number(a.direction === 'outbound') - Number(b.direction === 'outbound') ||
        a.ageMs - b.ageMs
    )
    .slice(0, all.length - limits.lowWater)
}
