import { describe, expect, it } from 'vitest'
import { MAX_ROWS } from '../../../src/api/service/insight-service.ts'
import type { LogEntry } from '../../../src/api/service/log-service.ts'
import { LogRing } from '../../../src/node/insight/log-ring.ts'

function entry(message: string, fields: LogEntry['fields'] = {}): LogEntry {
  return { at: 1, level: 'info', subsystem: 'barter', message, fields }
}

describe('the last lines of the log', () => {
  it('are so many at most, and as many as may be asked for', () => {
    const ring = new LogRing()
    const count = 5 * MAX_ROWS.log
    for (let line = 1; line <= count; line++) {
      ring.add(entry(`line ${line}`))
      expect(ring.last(Infinity).length).toBeLessThanOrEqual(2 * MAX_ROWS.log)
    }
    const last = ring.last(MAX_ROWS.log)
    expect(last.length).toBe(MAX_ROWS.log)
    expect(last.at(-1)).toMatchObject({ seq: count, message: `line ${count}` })
    expect(last[0]?.seq).toBe(count - MAX_ROWS.log + 1)
    expect([ring.last(0), ring.last(-1)]).toEqual([[], []])
  })

  it('hold their fields, and are cut where they are long', () => {
    const ring = new LogRing()
    ring.add(entry('failed', { peer: 'bob', tries: 2, error: new Error('no route') }))
    ring.add(entry('x'.repeat(5_000)))
    expect(ring.last(2).map(({ message }) => message)).toEqual([
      'failed peer=bob tries=2 error=no route',
      'x'.repeat(1_000)
    ])
  })

  it('stay when the log ends, or fails', async () => {
    const ring = new LogRing()
    async function* entries(): AsyncGenerator<LogEntry> {
      yield await Promise.resolve(entry('last words'))
      throw new Error('the log is gone')
    }
    await ring.follow(entries())
    expect(ring.last(9).map(({ message }) => message)).toEqual(['last words'])
  })
})
