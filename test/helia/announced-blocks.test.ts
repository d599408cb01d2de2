import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { AnnouncedBlocks, FORGET_MS, MAX_ANNOUNCED } from '../../src/helia/announced-blocks.ts'
import { blockOf } from '../../src/testing/sample-blocks.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { cid } from '../support/names.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const [A, B] = [cid('a'), cid('b')]

function world() {
  const clock = new ManualClock()
  const logger = new RecordingLogger()
  const here = new Set<CID>()
  const awaited = new Set<CID>()
  const looks: CID[] = []
  const told: CID[] = []
  let failure: Error | undefined
  const blocks = new AnnouncedBlocks({
    clock,
    logger,
    has: (of) => {
      looks.push(of)
      return failure === undefined ? Promise.resolve(here.has(of)) : Promise.reject(failure)
    },
    matters: (of) => awaited.has(of),
    stored: (of) => void told.push(of)
  })
  const pass = async (ms: number): Promise<void> => {
    await clock.settle()
    for (let passed = 0; passed < ms; passed++) {
      clock.advance(1)
      await clock.settle()
    }
  }
  const fail = (error?: Error): void => {
    failure = error
  }
  return { clock, logger, here, awaited, looks, told, blocks, pass, fail }
}

describe('an announced block', () => {
  it('is told of once it is stored, soon at first, and with ever fewer looks', async () => {
    const { blocks, here, awaited, looks, told, pass, clock } = world()
    awaited.add(A)
    blocks.announce(A)
    await pass(1_000)
    expect(told).toEqual([])
    expect(looks.length).toBeLessThan(15)
    here.add(A)
    await pass(256)
    expect(told).toEqual([A])
    expect([blocks.size, clock.timers]).toEqual([{ announced: 0, watched: 0 }, 0])
  })

  it('is looked for at once: most stores have it by then', async () => {
    const { blocks, here, awaited, told, clock } = world()
    awaited.add(A)
    blocks.announce(A)
    here.add(A)
    await clock.settle()
    expect(told).toEqual([A])
  })

  it('is not looked for while nobody waits for it, but is once somebody was told that it is not here', async () => {
    const { blocks, here, awaited, looks, told, pass } = world()
    blocks.announce(A)
    await pass(100)
    expect(looks).toEqual([])
    awaited.add(A)
    blocks.missing(A)
    blocks.missing(B)
    here.add(A)
    await pass(1)
    expect([looks, told]).toEqual([[A], [A]])
  })

  it('is no longer looked for when nobody waits any more, and is when somebody does again', async () => {
    const { blocks, here, awaited, looks, told, pass } = world()
    awaited.add(A)
    blocks.announce(A)
    await pass(10)
    awaited.delete(A)
    await pass(20)
    const before = looks.length
    await pass(1_000)
    expect(looks.length).toBe(before)
    awaited.add(A)
    blocks.missing(A)
    here.add(A)
    await pass(1)
    expect(told).toEqual([A])
  })

  it('makes the looks frequent again for all that wait', async () => {
    const { blocks, here, awaited, told, pass } = world()
    awaited.add(A).add(B)
    blocks.announce(A)
    await pass(1_000)
    here.add(A)
    blocks.announce(B)
    await pass(1)
    expect(told).toEqual([A])
    here.add(B)
    await pass(4)
    expect(told).toEqual([A, B])
  })

  it('that never comes is forgotten in the end', async () => {
    const { blocks, awaited, clock } = world()
    awaited.add(A)
    blocks.announce(A)
    await clock.settle()
    for (let passed = 0; passed <= FORGET_MS + 512; passed += 256) {
      clock.advance(256)
      await clock.settle()
    }
    expect([blocks.size, clock.timers]).toEqual([{ announced: 0, watched: 0 }, 0])
  })

  it('is not given up because the store failed once', async () => {
    const { blocks, here, awaited, told, pass, fail, logger } = world()
    awaited.add(A)
    here.add(A)
    fail(new Error('disk on fire'))
    blocks.announce(A)
    await pass(1)
    expect(logger.messages('warn')).toContain('an announced block could not be looked for')
    fail()
    await pass(8)
    expect(told).toEqual([A])
  })

  it('is one of so many at most; the oldest are forgotten', () => {
    const { blocks, awaited } = world()
    const of = (number: number): CID => blockOf(Buffer.from(String(number))).cid
    const first = of(-1)
    awaited.add(first)
    blocks.announce(first)
    expect(blocks.size).toEqual({ announced: 1, watched: 1 })
    for (let number = 0; number < MAX_ANNOUNCED; number++) blocks.announce(of(number))
    expect(blocks.size).toEqual({ announced: MAX_ANNOUNCED, watched: 0 })
  })

  it('is nobody’s business after the stop', async () => {
    const { blocks, here, awaited, told, pass, clock } = world()
    awaited.add(A)
    blocks.announce(A)
    await pass(5)
    blocks.stop()
    here.add(A)
    await pass(1_000)
    expect([told, clock.timers]).toEqual([[], 0])
  })
})
