import { describe, expect, it } from 'vitest'
import { createMessage } from '../../../src/message/message.ts'
import { Parcel } from '../../../src/network/libp2p/parcel.ts'
import { blockMessage, wantMessage } from './messages.ts'

function parcel(message = createMessage({})): Parcel {
  return new Parcel(
    message,
    () => undefined,
    () => undefined
  )
}

describe('Parcel', () => {
  it('weighs what it keeps in memory', async () => {
    expect(parcel().weight).toBe(0)
    expect(parcel(blockMessage(1000, 1)).weight).toBe(1004)
    expect(parcel(await wantMessage(1)).weight).toBe(64)
  })

  it('rejects with the reason of the signal, and forgets the signal when it is settled', () => {
    const controller = new AbortController()
    const results: unknown[] = []
    const make = (): Parcel =>
      new Parcel(
        createMessage({}),
        (n) => results.push(n),
        (e) => results.push(e)
      )
    let withdrawn = 0
    const [sent, given, failed] = [make(), make(), make()]
    for (const one of [sent, given, failed]) one.watch(controller.signal, () => withdrawn++)
    sent.bytes = 5
    sent.sent()
    failed.failed('broken')
    controller.abort('changed my mind')
    expect(results).toEqual([5, 'broken', 'changed my mind'])
    expect(withdrawn).toBe(1)
    expect(given.settled).toBe(true)
  })
})
