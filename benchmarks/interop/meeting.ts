/** Providers and a consumer, each a process, connected and warm. */
import { startBoxoProgram } from '../../test/interop/boxo/boxo-kind.ts'
import type { LineProgram } from '../../test/interop/boxo/line-program.ts'
import { type BlockSet, sliceDigests } from '../exchange/blocks.ts'
import { type Hire, withCrew } from '../exchange/crew.ts'
import type { Settings } from '../exchange/context.ts'
import { barterEnd, boxoEnd, type End, type Job, type Kind } from './end.ts'

export const ENCRYPTION = 'tls'

export interface MeetingSpec {
  readonly provider: Kind
  readonly consumer: Kind
  readonly providers?: number
  /** What every provider holds for the measurement. */
  readonly blocks: BlockSet
  /** Blocks of the same kind that are fetched first. */
  readonly warmBlocks: number
}

export interface Meeting {
  readonly consumer: End
  readonly providers: readonly End[]
  /** Of the blocks to be fetched, without those of the warm-up. */
  readonly digests: Uint8Array
}

/** The block that every connection carries first. */
const FIRST_BYTES = 1024
/** What Boxo does best in, by and large; see the README beside this file. */
export const WORKERS = 32
/** A warm-up that stalls is not waited for any longer. */
const WARM_LIMIT_MS = 10_000

/** Past the deadline all processes are ended, and what they owe is rejected. */
export function withMeeting<T>(
  { deadlineMs }: Settings,
  spec: MeetingSpec,
  measure: (meeting: Meeting) => Promise<T>
): Promise<T> {
  const programs: LineProgram[] = []
  const dismiss = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.stop()))
  }
  const timer = setTimeout(() => void dismiss(), deadlineMs)
  return withCrew(deadlineMs, async (hire) => {
    try {
      return await measure(await meet(spec, (kind, name) => start(kind, name, hire, programs)))
    } finally {
      clearTimeout(timer)
      await dismiss()
    }
  })
}

async function start(kind: Kind, name: string, hire: Hire, programs: LineProgram[]): Promise<End> {
  if (kind === 'barter') {
    const worker = hire(name)
    return barterEnd(worker, (await worker.call('start', { kind, encryption: ENCRYPTION })).address)
  }
  const program = await startBoxoProgram({ encryption: ENCRYPTION })
  programs.push(program)
  const { addresses } = (await program.greeting()) as { readonly addresses: readonly string[] }
  return boxoEnd(program, addresses.join())
}

async function meet(spec: MeetingSpec, start: (kind: Kind, name: string) => Promise<End>): Promise<Meeting> {
  const { blocks, warmBlocks } = spec
  const [consumer, ...held] = await Promise.all([
    start(spec.consumer, `${spec.consumer} consumer`),
    ...Array.from({ length: spec.providers ?? 1 }, async (_, index) => {
      const end = await start(spec.provider, `${spec.provider} provider ${index + 1}`)
      const digests = await end.hold({ ...blocks, count: warmBlocks + blocks.count })
      const first = await end.hold({ seed: `first ${index}`, count: 1, blockBytes: FIRST_BYTES })
      return { end, digests, first }
    })
  ])
  for (const { end, first } of held) await consumer.connect(end.address, job(first, FIRST_BYTES))
  const digests = held[0]?.digests ?? new Uint8Array()
  if (warmBlocks > 0) {
    const warm = job(sliceDigests(digests, 0, warmBlocks), blocks.blockBytes)
    await consumer.fetch({ ...warm, workers: WORKERS })
  }
  const providers = held.map(({ end }) => end)
  return { consumer, providers, digests: sliceDigests(digests, warmBlocks, warmBlocks + blocks.count) }
}

function job(digests: Uint8Array, blockBytes: number): Job {
  return { digests, blockBytes, workers: 0, limitMs: WARM_LIMIT_MS }
}
