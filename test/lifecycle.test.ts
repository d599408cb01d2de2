import { describe, expect, it } from 'vitest'
import { Lifecycle } from '../src/lifecycle.ts'

function world(failing: readonly string[] = []) {
  const log: string[] = []
  const broken = new Set(failing)
  const step = (name: string) => async (): Promise<void> => {
    log.push(name)
    await Promise.resolve()
    if (broken.has(name)) throw new Error(name)
    log.push(`${name} done`)
  }
  const life = new Lifecycle({
    start: [step('load'), step('open')],
    stop: [step('close'), step('save')],
    onError: (error) => log.push(`error: ${error instanceof Error ? error.message : ''}`)
  })
  return { log, life, broken }
}

const STARTED = ['load', 'load done', 'open', 'open done']
const STOPPED = ['close', 'close done', 'save', 'save done']

describe('Lifecycle', () => {
  it('starts once and stops once, however often it is told', async () => {
    const { log, life } = world()
    await life.stop()
    await Promise.all([life.start(), life.start()])
    expect([life.isRunning, log]).toEqual([true, STARTED])
    const stops = [life.stop(), life.stop()]
    await Promise.all(stops)
    expect([life.isRunning, log]).toEqual([false, [...STARTED, ...STOPPED]])
  })

  it('deals with calls in their order: who stops what is starting finds it stopped', async () => {
    const { log, life } = world()
    const started = life.start()
    const stopped = life.stop()
    const again = life.start()
    await Promise.all([started, stopped, again])
    expect(life.isRunning).toBe(true)
    expect(log).toEqual([...STARTED, ...STOPPED, ...STARTED])
  })

  it('undoes a start that fails, and can be started later', async () => {
    const { log, life, broken } = world(['open', 'close'])
    await expect(life.start()).rejects.toThrow('open')
    expect(life.isRunning).toBe(false)
    expect(log).toEqual(['load', 'load done', 'open', 'close', 'save', 'save done', 'error: close'])
    broken.clear()
    await life.start()
    expect(life.isRunning).toBe(true)
  })

  it('takes every step of a stop, ends stopped, and rejects with the first error', async () => {
    const { log, life } = world(['close', 'save'])
    await life.start()
    await expect(life.stop()).rejects.toThrow('close')
    expect([life.isRunning, log]).toEqual([false, [...STARTED, 'close', 'save', 'error: save']])
    await life.stop()
    await life.start()
    expect(life.isRunning).toBe(true)
  })
})
