/** One end of an exchange between Boxo and Barter: a process that holds blocks, or fetches them. */
import type { LineProgram } from '../../test/interop/boxo/line-program.ts'
import type { BlockSet } from '../exchange/blocks.ts'
import type { Worker } from '../exchange/crew.ts'

export type Kind = 'boxo' | 'barter'

export interface Job {
  readonly digests: Uint8Array
  readonly blockBytes: number
  /** Boxo alone: so many calls for a block at a time, all in one session; 0 is one request for all. */
  readonly workers: number
  /** Boxo alone, which may stall: it answers what came within this time. */
  readonly limitMs: number
}

/** What a fetch came to; less than was asked for when it ran into its limit. */
export interface Outcome {
  readonly ms: number
  readonly blocks: number
  readonly bytes: number
  readonly cpuMs: number
}

export interface End {
  readonly kind: Kind
  readonly address: string
  /** Makes the blocks of a seed and stores them; answers their digests, end to end. */
  hold(set: BlockSet): Promise<Uint8Array>
  /** Connects to a provider and fetches blocks of it alone. */
  connect(address: string, first: Job): Promise<void>
  fetch(job: Job): Promise<Outcome>
  /** Milliseconds of each block, fetched one after the other in one session. */
  oneByOne(job: Job): Promise<readonly number[]>
  /** Milliseconds on the processor since it was last asked. */
  cpuMs(): Promise<number>
  blocksSent(): Promise<number>
}

export function barterEnd(worker: Worker, address: string): End {
  return {
    kind: 'barter',
    address,
    hold: async (set) => (await worker.call('hold', set)).digests,
    connect: async (to, { digests, blockBytes }) => {
      await worker.call('connect', { address: to, first: { digests, blockBytes, concurrency: 1 } })
    },
    fetch: ({ digests, blockBytes }) => worker.call('fetch', { digests, blockBytes, concurrency: 1 }),
    oneByOne: async ({ digests, blockBytes }) =>
      (await worker.call('oneByOne', { digests, blockBytes, concurrency: 1, inSession: true })).latencies,
    cpuMs: async () => (await worker.call('cpu', {})).cpuMs,
    blocksSent: async () => (await worker.call('stat', {})).blocksSent
  }
}

export function boxoEnd(program: LineProgram, address: string): End {
  const call = async <T>(name: string, input: object = {}): Promise<T> => (await program.call(name, input)) as T
  const fetch = ({ digests, ...job }: Job): Promise<Outcome> =>
    call('fetch', { ...job, digests: Buffer.from(digests).toString('base64') })
  return {
    kind: 'boxo',
    address,
    hold: async (set) => Buffer.from((await call<{ digests: string }>('hold', set)).digests, 'base64'),
    connect: async (to, first) => {
      await call('connect', { address: to })
      await fetch(first)
    },
    fetch,
    oneByOne: async ({ digests, blockBytes }) => {
      const input = { digests: Buffer.from(digests).toString('base64'), blockBytes, inSession: true }
      return (await call<{ latencies: readonly number[] }>('oneByOne', input)).latencies
    },
    cpuMs: async () => (await call<{ cpuMs: number }>('cpu')).cpuMs,
    blocksSent: async () => (await call<{ blocksSent: number }>('stat')).blocksSent
  }
}
