import { describe, expect, it } from 'vitest'
import { untilStopped } from '../../src/cli/until-stopped.ts'

describe('what goes on until Ctrl-C', () => {
  const failing = (signal: AbortSignal) => untilStopped({ signal }, () => Promise.reject(new Error('cut off')))

  it('ends with it, and that is no failure', async () => {
    await failing(AbortSignal.abort(new DOMException('interrupted', 'AbortError')))
  })

  it('fails by itself, or when its time is up', async () => {
    await expect(failing(new AbortController().signal)).rejects.toThrow('cut off')
    await expect(failing(AbortSignal.abort(new DOMException('time is up', 'TimeoutError')))).rejects.toThrow('cut off')
  })
})
