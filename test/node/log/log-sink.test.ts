import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../../../src/api/service/log-service.ts'
import { InvalidParametersError } from '../../../src/errors.ts'
import { LocalLog } from '../../../src/node/service/local-log.ts'
import { componentLog } from '../../../src/node/log/component-log.ts'
import { LogLevels } from '../../../src/node/log/log-levels.ts'
import { LogSink } from '../../../src/node/log/log-sink.ts'
import { libp2pLogger } from '../../../src/network/libp2p/libp2p-logger.ts'

function world(format: 'human' | 'json' = 'human') {
  const lines: string[] = []
  const levels = new LogLevels('warn', { 'libp2p:tcp': 'trace' })
  const sink = new LogSink({ levels, format, epochMs: () => 0, write: (line) => void lines.push(line) })
  return { lines, sink, log: new LocalLog(sink), libp2p: componentLog(sink) }
}

describe('the log', () => {
  it('shows entries of a level and above, by the nearest name that has one', () => {
    const { lines, sink, log } = world()
    const barter = sink.logger('barter')
    barter.debug('unseen')
    barter.warn('seen', { peers: 3, text: 'a b' })
    log.setLevel('barter', 'debug')
    barter.debug('seen, too')
    log.setLevel('(default)', 'fatal')
    sink.logger('other').error('unseen')
    expect(lines).toEqual([
      '1970-01-01T00:00:00.000Z WARN  barter: seen peers=3 text="a b"\n',
      '1970-01-01T00:00:00.000Z DEBUG barter: seen, too\n'
    ])
  })

  it('takes what libp2p logs, with its kinds of values, and calls its errors no more than information', () => {
    const { lines, libp2p } = world('json')
    const log = libp2p.forComponent('libp2p:tcp').newScope('dialler')
    log('to %p with %d of %o', { toString: () => '12D3' }, 7, { a: 1 }, 'left over')
    log.trace('100%% %s')
    log.error('failed %e', new Error('gone'))
    libp2p.forComponent('libp2p:dht').error('unseen')
    expect(log.enabled).toBe(true)
    expect(lines.map((line) => JSON.parse(line) as Record<string, unknown>)).toMatchObject([
      { level: 'debug', logger: 'libp2p:tcp:dialler', msg: 'to 12D3 with 7 of {"a":1} left over' },
      { level: 'trace', msg: '100% %s' },
      { level: 'info', msg: 'failed gone', ts: '1970-01-01T00:00:00.000Z' }
    ])
  })

  it('takes what Barter logs through libp2p at the levels it was meant for', () => {
    const { lines, libp2p } = world('json')
    const log = libp2p.forComponent('barter')
    log.trace('%s %o', 'unseen', {})
    log('%s %o', 'a warning', { peer: 'x', error: new Error('why', { cause: new Error('because') }) })
    log.error('%s %o', 'an error', {})
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'a warning', peer: 'x', error: 'why: because' }),
      expect.objectContaining({ level: 'error', msg: 'an error' })
    ])
  })

  it('is one safe line for each entry, whatever peers send', () => {
    const { lines, sink } = world()
    const evil = 'x\n2026 ERROR forged\u001b[2J\u202e\u2028\u0085'
    sink.logger(evil).error(evil, { [evil]: evil, list: [evil], deep: { [evil]: evil }, bytes: new Uint8Array(9) })
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    sink.logger('barter').error('odd', { circular, big: 1n, symbol: Symbol('s'), long: 'y'.repeat(10_000) })
    expect(lines.join('')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e]/u)
    expect(lines.map((line) => line.split('\n').length)).toEqual([2, 2])
    expect(lines[1]?.length).toBeLessThan(3_000)
  })

  it.each(['planted-secret', 'quote"and\\stroke', 'two\nlines'])(
    'shows no part of a secret where a text is cut: %j',
    (secret) => {
      const { sink, lines } = world()
      sink.hide('config', [secret])
      sink.logger('barter').error(`${'a'.repeat(2_040)}${secret}`, { field: [`${'b'.repeat(2_047)}${secret}`] })
      expect(lines.join('')).toContain(`${'a'.repeat(2_040)}[secret]`)
      expect(lines.join('')).toContain(`${'b'.repeat(2_047)}[…`)
    }
  )

  it('shows no secret that was named to it', () => {
    const { lines, sink } = world('json')
    sink.hide('config', ['planted-secret', 'short'])
    sink.logger('barter').error('with planted-secret', { deep: { of: ['xplanted-secretx'] }, 'planted-secret': 1 })
    expect(lines.join('')).not.toContain('planted')
    expect(lines.join('')).toContain('[secret]')
  })

  it('lists its subsystems and levels, and changes them', () => {
    const { sink, log, libp2p } = world()
    sink.logger('barter')
    libp2p.forComponent('libp2p:connection:inbound:abc123')
    expect(log.subsystems()).toEqual(['barter', 'libp2p:connection', 'libp2p:tcp'])
    expect([...log.levels()]).toEqual([['(default)', 'warn']])
    expect([...log.levels('libp2p:tcp')]).toEqual([['libp2p:tcp', 'trace']])
    log.setLevel('libp2p:tcp', 'default')
    log.setLevel('libp2p', 'INFO')
    expect([...log.levels('all')]).toEqual([
      ['(default)', 'warn'],
      ['barter', 'warn'],
      ['libp2p', 'info'],
      ['libp2p:connection', 'info']
    ])
    log.setLevel('*', 'error')
    expect(new Set(log.levels('*').values())).toEqual(new Set(['error']))
  })

  it('knows what is ours by short names, too, as users of Kubo say bitswap', () => {
    const { sink, log, libp2p, lines } = world()
    const ours = libp2pLogger(libp2p, 'barter:bitswap')
    expect(log.subsystems()).toContain('barter:bitswap')
    ours.debug('unseen')
    log.setLevel('bitswap', 'debug')
    ours.debug('seen')
    expect(lines.join('')).toMatch(/^\S+ DEBUG barter:bitswap: seen\n$/u)
    expect([...log.levels('bitswap')]).toEqual([['bitswap', 'debug']])
    expect(log.levels('all').get('barter:bitswap')).toBe('debug')
    log.setLevel('bitswap', 'default')
    log.setLevel('barter', 'error')
    expect(sink.levels.of('bitswap')).toBe('error')
    sink.levels.reset('warn', { bitswap: 'info' })
    expect(sink.levels.of('barter:bitswap')).toBe('info')
  })

  it.each([
    ['bartre', 'warn', 'no subsystem bartre has logged: `barter log ls` lists those that have. Did you mean barter?'],
    ['nosuch', 'warn', /lists those that have$/u],
    ['barter', 'loud', 'unrecognized level: "loud": expected one of trace, debug, info, warn']
  ])('refuses the level of %s to be %s', (subsystem, level, message) => {
    const { sink, log } = world()
    sink.logger('barter')
    expect(() => log.setLevel(subsystem, level)).toThrow(InvalidParametersError)
    expect(() => log.setLevel(subsystem, level)).toThrow(message)
  })

  it('remembers only so many names', () => {
    const { sink, log } = world()
    for (let i = 0; i < 1_000; i++) sink.logger(`part-${i}`)
    expect(log.subsystems()).toHaveLength(513)
  })
})

describe('whoever follows the log', () => {
  it('gets what comes from then on, until the signal', async () => {
    const { sink, log } = world()
    const stop = new AbortController()
    const reader = log.tail({ signal: stop.signal })[Symbol.asyncIterator]()
    sink.logger('barter').warn('before')
    const first = reader.next()
    sink.logger('barter').warn('one', { n: 1 })
    sink.logger('barter').debug('unseen')
    sink.logger('barter').warn('two')
    expect((await first).value).toMatchObject({ message: 'one', fields: { n: 1 } })
    expect((await reader.next()).value).toMatchObject({ message: 'two' })
    const end = reader.next()
    stop.abort()
    expect((await end).done).toBe(true)
  })

  it('gets nothing below the level it asked for', async () => {
    const { sink, log } = world()
    const reader = log.tail({ level: 'error' })[Symbol.asyncIterator]()
    const first = reader.next()
    sink.logger('barter').warn('one')
    sink.logger('barter').error('two')
    expect((await first).value).toMatchObject({ message: 'two' })
    await expect(log.tail({ level: 'loud' })[Symbol.asyncIterator]().next()).rejects.toThrow('unrecognized level')
  })

  it('misses the oldest when it is too slow, and is told', async () => {
    const { sink, log } = world()
    const reader = log.tail()[Symbol.asyncIterator]()
    const first = reader.next()
    for (let i = 0; i < 1_100; i++) sink.logger('barter').warn(`entry ${i}`)
    const messages = [((await first).value as LogEntry).message, ((await reader.next()).value as LogEntry).message]
    expect(messages).toEqual(['100 entries were missed: this reader is too slow', 'entry 100'])
    await reader.return?.()
  })

  it('is one of 64 at most', async () => {
    const { log } = world()
    const readers = Array.from({ length: 64 }, () => log.tail()[Symbol.asyncIterator]())
    for (const reader of readers) void reader.next()
    await expect(log.tail()[Symbol.asyncIterator]().next()).rejects.toThrow('followed by 64 readers')
  })
})
