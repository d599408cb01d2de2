import { describe, expect, it } from 'vitest'
import { LocalWants } from '../../src/session/local-wants.ts'
import { cid, nameOf } from '../support/names.ts'
import type { Waiter } from '../../src/session/waiter.ts'

const BYTES = Uint8Array.of(1)

function world() {
  const heard: string[] = []
  const signals: unknown[] = []
  const waiter: Waiter = {
    arrived: (of, bytes, from) => void heard.push(`${nameOf(of)}: ${bytes.length} from ${from ?? 'here'}`),
    failed: (of, error) => void heard.push(`${nameOf(of)}: ${error instanceof Error ? error.name : 'failed'}`)
  }
  const get: ConstructorParameters<typeof LocalWants>[0]['get'] = (of, options) => {
    signals.push(options?.signal)
    if (of.equals(cid('broken'))) throw new TypeError('EIO')
    return of.equals(cid('a')) ? BYTES : undefined
  }
  return { heard, signals, waiter, blockstore: { get } }
}

describe('LocalWants', () => {
  it('answers from the store, or says that the block is not here, or what the store said', async () => {
    const { heard, waiter, blockstore } = world()
    const wants = new LocalWants(blockstore, {})
    for (const name of ['a', 'b', 'broken']) wants.want(cid(name), waiter)
    wants.unwant()
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard.toSorted()).toEqual(['a: 1 from here', 'b: NotFoundError', 'broken: TypeError'])
  })

  it('gets one block, and hands the signal to the store', async () => {
    const { signals, blockstore } = world()
    const { signal } = new AbortController()
    const wants = new LocalWants(blockstore, { signal })
    expect(await wants.get(cid('a'))).toBe(BYTES)
    await expect(wants.get(cid('b'))).rejects.toMatchObject({ name: 'NotFoundError', code: 'ERR_NOT_FOUND' })
    expect(signals).toEqual([signal, signal])
  })
})
