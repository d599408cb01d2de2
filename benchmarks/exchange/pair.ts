/** Providers and a consumer, each a process, connected and warm. */
import { join } from 'node:path'
import type { BitswapOptionsInit } from '../../src/options.ts'
import type { Encryption } from '../../src/node/libp2p-defaults.ts'
import type { BlockSet } from './blocks.ts'
import type { Kind } from './calls.ts'
import type { Settings } from './context.ts'
import { withCrew, type Worker } from './crew.ts'

export interface PairSpec {
  readonly name: string
  readonly kind: Kind
  readonly encryption: Encryption
  readonly round: number
  readonly providers?: number
  /** What every provider holds. */
  readonly blocks: BlockSet
  readonly consumer?: { readonly flags: readonly string[]; readonly options: BitswapOptionsInit }
}

export interface Pair {
  readonly consumer: Worker
  readonly providers: readonly Worker[]
  /** The digests of the blocks that every provider holds. */
  readonly digests: Uint8Array
  /** Measures one call; with profiles if they were asked for. */
  readonly timed: <T>(measure: () => Promise<T>) => Promise<T>
}

/** The block that warms a connection up. */
const WARM_BYTES = 1024

export function withPair<T>(settings: Settings, spec: PairSpec, measure: (pair: Pair) => Promise<T>): Promise<T> {
  return withCrew(settings.deadlineMs, async (hire) => {
    const { kind, encryption } = spec
    const consumer = hire(`${kind} consumer`, spec.consumer?.flags)
    const providers = Array.from({ length: spec.providers ?? 1 }, (_, index) => hire(`${kind} provider ${index + 1}`))
    const options = spec.consumer?.options ?? {}
    const [, ...held] = await Promise.all([
      consumer.call('start', { kind, encryption, options }),
      ...providers.map(async (provider, index) => {
        const { address } = await provider.call('start', { kind, encryption })
        const { digests } = await provider.call('hold', spec.blocks)
        const warm = await provider.call('hold', { seed: `warm ${index}`, count: 1, blockBytes: WARM_BYTES })
        return { address, digests, warm: { digests: warm.digests, blockBytes: WARM_BYTES, concurrency: 1 } }
      })
    ])
    for (const { address, warm } of held) await consumer.call('connect', { address, warm })
    const workers = [consumer, ...providers]
    return await measure({
      consumer,
      providers,
      digests: held[0]?.digests ?? new Uint8Array(),
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
