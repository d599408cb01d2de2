/** Providers and a consumer, each a process, connected and warm. */
import { join } from 'node:path'
import type { BitswapOptionsInit } from '../../src/options.ts'
import { type BlockSet, sliceDigests } from './blocks.ts'
import type { Kind } from './calls.ts'
import type { Settings } from './context.ts'
import { withCrew, type Worker } from './crew.ts'
import type { Secured } from './peer.ts'

export interface PairSpec {
  readonly name: string
  readonly kind: Kind
  readonly encryption: Secured
  readonly round: number
  readonly providers?: number
  /** What every provider holds for the measurement. */
  readonly blocks: BlockSet
  /** Blocks of the same kind that each provider sends first: the raw stream has carried as much, before it is timed. */
  readonly warmBlocks: number
  readonly consumer?: { readonly flags: readonly string[]; readonly options: BitswapOptionsInit }
}

export interface Pair {
  readonly consumer: Worker
  readonly providers: readonly Worker[]
  /** The digests of the blocks that every provider holds, without those of the warm-up. */
  readonly digests: Uint8Array
  /** Measures one call; with profiles if they were asked for. */
  readonly timed: <T>(measure: () => Promise<T>) => Promise<T>
}

/** The one block that every connection carries first. */
const FIRST_BYTES = 1024
/** What each provider has sent when the clock starts; as much as the raw stream has carried. */
const WARM_BYTES = 32 * 1024 * 1024
/** Memory that the consumer has touched before, of what it will keep: some goes to what it does not keep. */
const ROOM = 2

export function warmBlocks(blockBytes: number): number {
  return Math.ceil(WARM_BYTES / blockBytes)
}

export function withPair<T>(settings: Settings, spec: PairSpec, measure: (pair: Pair) => Promise<T>): Promise<T> {
  return withCrew(settings.deadlineMs, async (hire) => {
    const { kind, encryption, blocks } = spec
    const providerCount = spec.providers ?? 1
    const extra = settings.cold ? 0 : spec.warmBlocks * providerCount
    const consumer = hire(`${kind} consumer`, spec.consumer?.flags)
    const providers = Array.from({ length: providerCount }, (_, index) => hire(`${kind} provider ${index + 1}`))
    const options = spec.consumer?.options ?? {}
    const [, ...held] = await Promise.all([
      consumer.call('start', { kind, encryption, options }),
      ...providers.map(async (provider, index) => {
        const { address } = await provider.call('start', { kind, encryption })
        const { digests } = await provider.call('hold', { ...blocks, count: extra + blocks.count })
        const first = await provider.call('hold', { seed: `first ${index}`, count: 1, blockBytes: FIRST_BYTES })
        return { address, digests, first: { digests: first.digests, blockBytes: FIRST_BYTES, concurrency: 1 } }
      })
    ])
    const keptBytes = (extra + blocks.count) * blocks.blockBytes
    if (!settings.cold) await consumer.call('touch', { bytes: keptBytes * ROOM })
    for (const { address, first } of held) await consumer.call('connect', { address, first })
    const digests = held[0]?.digests ?? new Uint8Array()
    const warm = { digests: sliceDigests(digests, 0, extra), blockBytes: blocks.blockBytes, concurrency: 256 }
    if (extra > 0) await consumer.call('fetch', warm)
    const workers = [consumer, ...providers]
    return await measure({
      consumer,
      providers,
      digests: sliceDigests(digests, extra, extra + blocks.count),
      timed: (call) => profiled(settings, spec, workers, call)
    })
  })
}

async function profiled<T>(
  { profiles }: Settings,
  { kind, name, round }: PairSpec,
  workers: readonly Worker[],
  measure: () => Promise<T>
): Promise<T> {
  if (profiles === undefined || kind !== 'barter') return await measure()
  await Promise.all(workers.map((worker) => worker.call('profile', {})))
  const result = await measure()
  const file = (worker: Worker): string =>
    join(profiles, `${name} ${worker.name} ${round + 1}.cpuprofile`.replaceAll(/[ /]+/g, '-'))
  await Promise.all(workers.map((worker) => worker.call('profile', { file: file(worker) })))
  return result
}
