/** One world in a process of its own: prints what it took as JSON. Usage: crowd-worker.ts '{"peers":…,"degree":…,"megabytes":…,"seed":…}' */
import { createEventLog } from '../../src/simulation/event-log.ts'
import { createFile } from '../../src/simulation/virtual-content.ts'
import { Crowd } from '../../test/simulation/crowd.ts'
import type { CrowdFigures, CrowdWork } from './crowd-figures.ts'

const UPLOAD_BYTES_PER_SECOND = 12_500_000
const LATENCY_MS = 25

/** Bytes on the heap, garbage taken away where the process may. */
function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

async function run({ peers, degree, megabytes, seed }: CrowdWork): Promise<CrowdFigures> {
  const events = createEventLog()
  const network = { events, link: { latencyMs: LATENCY_MS } }
  const crowd = new Crowd({ network, join: { uploadBytesPerSecond: UPLOAD_BYTES_PER_SECOND } })
  const file = createFile({ bytes: megabytes * 1_000_000, index: 0 })
  const emptyBytes = heapBytes()
  const beganAt = performance.now()
  await crowd.add(peers)
  const aloneBytes = heapBytes()
  const pairs = await crowd.connect(degree, seed)
  const connectedBytes = heapBytes()
  const [fetchAt, cpuBefore] = [performance.now(), process.cpuUsage()]
  await crowd.fetch(file, 1)
  const [endAt, cpu] = [performance.now(), process.cpuUsage(cpuBefore)]
  const endBytes = heapBytes()
  return {
    pairs,
    blocks: (peers - 1) * file.blocks.length,
    duplicates: crowd.peers.reduce((sum, { bitswap }) => sum + bitswap.stat().dupBlocksReceived, 0),
    messages: events.events,
    eventHash: events.digest(),
    virtualMs: crowd.clock.now(),
    buildMs: fetchAt - beganAt,
    fetchMs: endAt - fetchAt,
    cpuMs: (cpu.user + cpu.system) / 1_000,
    bytesPerPeer: (aloneBytes - emptyBytes) / peers,
    bytesPerPair: (connectedBytes - aloneBytes) / pairs,
    bytesPerPairAtTheEnd: (endBytes - aloneBytes) / pairs,
    peakBytes: process.resourceUsage().maxRSS * 1_024
  }
}

const [work] = process.argv.slice(2)
if (work === undefined) throw new Error('what world?')
console.log(JSON.stringify(await run(JSON.parse(work) as CrowdWork)))
