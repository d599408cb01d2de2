/** What a want costs while it waits: opens many that nobody can answer, and looks at the memory. */
import type { Exchange } from '../../src/index.ts'
import { rawCid } from './blocks.ts'

const SETTLE_MS = 2_000

/** Needs a process with `--expose-gc`, and options that let one request have so many wants open. */
export async function memoryOfOpenWants(
  bitswap: Exchange,
  providers: readonly string[],
  count: number
): Promise<{ bytesPerWant: number; open: number }> {
  const cids = Array.from({ length: count }, (_, index) => {
    const digest = Buffer.alloc(32, 1)
    digest.writeUInt32BE(index)
    return rawCid(digest)
  })
  const before = await memory()
  const end = new AbortController()
  const blocks = bitswap.getMany(cids, { providers, signal: end.signal })
  const ended = blocks.next().then(
    () => false,
    () => true
  )
  await wait(SETTLE_MS)
  const after = await memory()
  const open = bitswap.wantlist().length
  end.abort(new Error('measured'))
  if (!(await ended)) throw new Error('a block arrived that nobody has')
  return { bytesPerWant: (after - before) / count, open }
}

/** Bytes in use once everything that can go is gone. */
async function memory(): Promise<number> {
  if (global.gc === undefined) throw new Error('run with --expose-gc')
  for (let pass = 0; pass < 4; pass++) {
    global.gc()
    await wait(50)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
