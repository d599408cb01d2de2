import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decodeOwner, encodeOwner, type LockOwner, stateOf, thisProcess } from '../../src/storage/lock-owner.ts'
import { eventually } from '../support/eventually.ts'
import { property } from '../support/seed.ts'

const self: LockOwner = thisProcess()
/** Larger than any pid that Linux gives out (4,194,304). */
const NO_PID = 2 ** 22 + 1

describe('stateOf', () => {
  it.each<[name: string, owner: LockOwner, from: LockOwner, state: string]>([
    ['this process', self, self, 'running'],
    ['a process that is gone', { ...self, pid: NO_PID }, self, 'gone'],
    ['a process from before the last boot', { ...self, boot: 'earlier' }, self, 'gone'],
    ['another machine', { ...self, boot: 'other', host: 'other' }, self, 'unknown'],
    ['another container on this machine', { ...self, pidSpace: '1', host: 'other' }, self, 'unknown'],
    ['another container of the same name', { ...self, pidSpace: '1' }, self, 'unknown'],
    [
      'a process here, where boots cannot be told apart',
      { ...self, boot: '-', pidSpace: '-', startedAt: '-' },
      { ...self, boot: '-', pidSpace: '-' },
      'running'
    ],
    [
      'another machine, where boots cannot be told apart',
      { ...self, boot: '-', pidSpace: '-', host: 'other' },
      { ...self, boot: '-', pidSpace: '-' },
      'unknown'
    ]
  ])('%s', (_name, owner, from, state) => expect(stateOf(owner, from)).toBe(state))

  it.runIf(process.platform === 'linux')('tells a pid that was given out again from its first bearer', () => {
    expect(stateOf({ ...self, startedAt: '1' }, self)).toBe('gone')
    expect(self.startedAt).toMatch(/^\d+$/)
  })

  it.runIf(process.platform === 'linux')('takes one that was killed, and not taken leave of, for gone', async () => {
    // What `sh` becomes takes no leave of what it started.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const owner = { ...self, pid: Number(line.toString()), startedAt: '-' }
    expect(stateOf(owner, self)).toBe('running')
    process.kill(owner.pid, 'SIGKILL')
    await eventually(() => stateOf(owner, self) === 'gone', 'it counts as gone')
    expect(() => process.kill(owner.pid, 0)).not.toThrow()
  })
})

describe('encodeOwner', () => {
  it('is undone by decodeOwner, and fits a file name, also with something after it', () => {
    const text = fc.string({ minLength: 1, maxLength: 40 })
    const rule = fc.property(
      fc.integer({ min: 1, max: 2 ** 31 }),
      text,
      text,
      text,
      text,
      (pid, startedAt, boot, pidSpace, host) => {
        const owner = { pid, startedAt, boot, pidSpace, host }
        const name = encodeOwner(owner)
        expect(name).not.toMatch(/[/\\\0]/)
        expect(decodeOwner(`${name}.some-id.claim`)).toEqual(owner)
      }
    )
    property(rule)
    expect(encodeOwner(self).length).toBeLessThan(150)
  })

  it.each(['', 'repo.lock', '.DS_Store', '0.1.a.b.c', 'x.1.a.b.c', '12.1.a.b', '1.%.a.b.c'])(
    'takes %j for no owner',
    (name) => expect(decodeOwner(name)).toBeUndefined()
  )
})
