import { expect, it } from 'vitest'
import { StoreError } from '../../../src/errors.ts'
import { examinePeer } from '../../../src/node/doctor/examine-peer.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

it('a store that does not tell what is damaged is a finding, and not the end of the examination', async () => {
  const findings = await examinePeer({
    root: await temporaryDirectory(),
    maxBytes: undefined,
    usedBytes: () => undefined,
    check: () => Promise.resolve(),

    async *damaged() {
      await Promise.resolve()
      throw new StoreError('the quarantine cannot be listed: EIO')
    },
    started: { epochMs: Date.now(), monotonicMs: performance.now() },
    online: undefined
  })
  expect(findings.map(({ code }) => code)).toContain('store-failed')
  expect(findings.find(({ code }) => code === 'store-failed')?.text).toContain('cannot be listed: EIO')
})

it('time that is up is no failure of the store', async () => {
  const stop = new AbortController()
  const examined = examinePeer(
    {
      root: await temporaryDirectory(),
      maxBytes: undefined,
      usedBytes: () => undefined,
      check: () => Promise.resolve(),

      async *damaged({ signal }) {
        await Promise.resolve()
        stop.abort(new Error('time is up'))
        signal?.throwIfAborted()
      },
      started: { epochMs: Date.now(), monotonicMs: performance.now() },
      online: undefined
    },
    stop.signal
  )
  await expect(examined).rejects.toThrow('time is up')
})
