import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyChange, diffSnapshots } from '../../../src/api/server/insight-change.ts'
import type { Snapshot } from '../../../src/api/service/insight-snapshot.ts'
import type { WantRow } from '../../../src/api/service/insight-wants.ts'
import { SNAPSHOT, WANT } from '../../support/fake-insight.ts'

const MAX_LOG = 3

function snapshotOf(wants: readonly WantRow[], more: Partial<Snapshot> = {}): Snapshot {
  return { ...SNAPSHOT, ...more, wants: { total: wants.length, rows: wants } }
}

function sorted(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    wants: { ...snapshot.wants, rows: snapshot.wants.rows.toSorted((a, b) => a.id.localeCompare(b.id)) }
  }
}

describe('changes of a snapshot', () => {
  it('are none where nothing changed, however many objects are new', () => {
    expect(diffSnapshots(SNAPSHOT, structuredClone({ ...SNAPSHOT, at: SNAPSHOT.at + 1_000 }))).toBeUndefined()
  })

  it('have whole rows that are new or other, and names of those that went', () => {
    const [stays, changes, goes, comes] = ['a', 'b', 'c', 'd'].map((id) => ({ ...WANT, id }))
    if (stays === undefined || changes === undefined || goes === undefined || comes === undefined)
      throw new Error('four')
    const after = { ...changes, stuckBecause: undefined }
    const change = diffSnapshots(snapshotOf([stays, changes, goes]), snapshotOf([stays, after, comes]))
    expect(change?.wants).toEqual({ total: 3, set: [after, comes], gone: ['c'] })
    expect([change?.partners, change?.engine, change?.log]).toEqual([undefined, undefined, undefined])
  })

  it('have new lines of the log alone, of which the last are kept', () => {
    const line = (seq: number) => ({ seq, at: seq, level: 'warn', subsystem: 'barter', message: `${seq}` })
    const [before, after] = [
      snapshotOf([], { log: [line(1), line(2)] }),
      snapshotOf([], { log: [line(2), line(3), line(4)] })
    ]
    const change = diffSnapshots(before, after)
    expect(change?.log?.map(({ seq }) => seq)).toEqual([3, 4])
    expect(change && applyChange(before, change, MAX_LOG).log.map(({ seq }) => seq)).toEqual([2, 3, 4])
  })

  it('make the one of the other', () => {
    const row = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), asked: fc.nat(3) })
    const rows = fc.uniqueArray(row, { selector: ({ id }) => id })
    const wants = rows.map((some) => some.map((one): WantRow => ({ ...WANT, ...one })))
    const both = fc.tuple(wants, wants, fc.nat(2), fc.nat(2))
    const seed = Number(process.env['BARTER_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    fc.assert(
      fc.property(both, ([old, now, slots, used]) => {
        const before = snapshotOf(old, { engine: { ...SNAPSHOT.engine, slots } })
        const after = snapshotOf(now, { engine: { ...SNAPSHOT.engine, slots: used } })
        // What goes over the wire has no fields that are undefined.
        const change = JSON.parse(JSON.stringify(diffSnapshots(before, after) ?? { at: after.at })) as never
        expect(sorted(applyChange(before, change, MAX_LOG))).toEqual(sorted(after))
      }),
      { seed, verbose: true }
    )
  })
})
