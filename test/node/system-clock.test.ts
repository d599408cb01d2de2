import { expect, it, vi } from 'vitest'
import { systemClock } from '../../src/node/system-clock.ts'

it('a timer for longer than the machine can wait is set for as long as it can, and not for no time at all', () => {
  const set = vi.spyOn(globalThis, 'setTimeout')
  const run = (): void => undefined
  try {
    systemClock.setTimer(2 ** 40, run).cancel()
    systemClock.setTimer(1_000, run).cancel()
    expect(set.mock.calls.map(([, delayMs]) => delayMs)).toEqual([2 ** 31 - 1, 1_000])
  } finally {
    set.mockRestore()
  }
})
