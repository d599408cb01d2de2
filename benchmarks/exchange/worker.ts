/** A process of a benchmark: a provider, a consumer, or the sender of a raw stream. It does what its parent calls for. */
import { hash } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import type { CID } from 'multiformats/cid'
import { weighBuffersWithHeap } from '../../src/node/buffer-accounting.ts'
import type { BarterPeer } from './barter-peer.ts'
import { blocks, cidsOf, digestsOf } from './blocks.ts'
import type { Answered, Asked, Call, Calls, Fetched, FetchJob } from './calls.ts'
import { pingPong, serveEcho } from './echo.ts'
import { memoryOfOpenWants } from './open-wants.ts'
import type { Peer } from './peer.ts'
import { Profile } from './profile.ts'
import { rawStream } from './raw-stream.ts'

type Handlers = { readonly [C in Call]: (input: Calls[C][0]) => Promise<Calls[C][1]> }

/** As large as a large block, of which memory fills up. */
const PIECE_BYTES = 256 * 1024

let running: Peer | undefined
let cpuSince = process.cpuUsage()
let barter: BarterPeer | undefined
const providers: string[] = []
const profile = new Profile()

const handlers: Handlers = {
  // Only what is measured is loaded: the rest would be a burden to the garbage collector.
  async start({ kind, encryption, options }) {
    // As Barter's own programs do. Helia has it, too, but where each is measured as it comes.
    if (kind === 'barter' || encryption !== 'own') weighBuffersWithHeap()
    if (kind === 'barter') running = barter = await (await import('./barter-peer.ts')).startBarter(encryption, options)
    else running = await (await import('./helia-peer.ts')).startHelia(encryption)
    await serveEcho(running.node)
    return { address: running.node.getMultiaddrs().join() }
  },
  hold(set) {
    const cids: CID[] = []
    for (const { cid, bytes } of blocks(set)) {
      peer().store.writeBlock(cid, bytes)
      cids.push(cid)
    }
    return Promise.resolve({ digests: digestsOf(cids) })
  },
  touch({ bytes }) {
    if (global.gc === undefined) throw new Error('run with --expose-gc')
    let pieces: Uint8Array[] = []
    for (let left = bytes; left > 0; left -= PIECE_BYTES) pieces.push(Buffer.allocUnsafeSlow(PIECE_BYTES).fill(1))
    pieces = []
    global.gc()
    return Promise.resolve({})
  },
  async connect({ address, first }) {
    providers.push(address)
    peer().use([address])
    await peer().node.dial(multiaddr(address))
    await fetchAll(first)
    peer().use(providers)
    return {}
  },
  fetch: (job) => fetchAll(job),
  async oneByOne(job) {
    const cids = cidsOf(job.digests)
    const get = peer().getter(job.inSession)
    const latencies: number[] = []
    for (const cid of cids) {
      const start = performance.now()
      await get(cid)
      latencies.push(performance.now() - start)
    }
    verify(cids, job.blockBytes)
    return { latencies }
  },
  async pingPong({ count, bytes }) {
    return { latencies: await pingPong(peer().node, providers[0] ?? '', count, bytes) }
  },
  openWants: ({ count }) => memoryOfOpenWants(barterPeer().bitswap, providers, count),
  stat() {
    const { blocksSent, blocksReceived } = barterPeer().bitswap.stat()
    return Promise.resolve({ blocksSent, blocksReceived })
  },
  cpu() {
    const { user, system } = process.cpuUsage(cpuSince)
    cpuSince = process.cpuUsage()
    return Promise.resolve({ cpuMs: (user + system) / 1000 })
  },
  raw: (options) => rawStream(options),
  async profile({ file }) {
    await profile.toggle(file)
    return {}
  }
}

function peer(): Peer {
  if (running === undefined) throw new Error('no peer was started')
  return running
}

function barterPeer(): BarterPeer {
  if (barter === undefined) throw new Error('only Barter can tell')
  return barter
}

async function fetchAll(job: FetchJob): Promise<Fetched> {
  const cids = cidsOf(job.digests)
  const start = performance.now()
  const cpu = process.cpuUsage()
  const tally = await peer().fetch(cids, job.concurrency)
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const expected = cids.length * job.blockBytes
  if (tally.blocks !== cids.length || tally.bytes !== expected) {
    throw new Error(`${tally.blocks} blocks of ${tally.bytes} bytes came, not ${cids.length} of ${expected}`)
  }
  verify(cids, job.blockBytes)
  return { ms, ...tally, cpuMs: (user + system) / 1000 }
}

/** Every block is in the store, and is what was asked for. */
function verify(cids: readonly CID[], blockBytes: number): void {
  for (const cid of cids) {
    const bytes = peer().store.readBlock(cid)
    if (bytes?.byteLength !== blockBytes || !hash('sha256', bytes, 'buffer').equals(cid.multihash.digest)) {
      throw new Error(`block ${cid.toString()} is not in the store as it should be`)
    }
  }
}

async function answer({ id, call, input }: Asked): Promise<Answered> {
  try {
    // The parent is the same program: what it sends has the shape of the call.
    const handler = handlers[call] as (input: unknown) => Promise<unknown>
    return { id, output: await handler(input) }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('message', (message) => {
  void answer(message as Asked).then((answered) => process.send?.(answered))
})
// The parent is gone, or has no more use for this process: it ends, with whatever processes it started itself.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'))
