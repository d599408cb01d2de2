import { expect, it } from 'vitest'
import { weighBuffersWithHeap } from '../../src/node/buffer-accounting.ts'

const MIB = 1024 * 1024

it('leaves memory bounded when buffers come and go', () => {
  expect(weighBuffersWithHeap()).toBe(Number.parseInt(process.versions.v8, 10) >= 14)
  const kept: Uint8Array[] = []
  let most = 0
  for (let i = 0; i < 8 * 1024; i++) {
    kept.push(Buffer.allocUnsafeSlow(MIB / 4).fill(i))
    if (kept.length > 64) kept.shift()
    most = Math.max(most, process.memoryUsage().arrayBuffers)
  }
  // 2 GiB came and went, 16 MiB are kept.
  expect(most).toBeLessThan(512 * MIB)
})

it('leaves a V8 alone that may not know the setting', () => {
  expect(weighBuffersWithHeap('12.4.254.21-node.33')).toBe(false)
  expect(weighBuffersWithHeap('')).toBe(false)
})
