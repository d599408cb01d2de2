/** Many blocks from one provider. */
import { type Contender, type Group, interleave, type Rounds, series, type Settings } from '../exchange/context.ts'
import { type Line, line, ratio, type Series, type Target } from '../exchange/line.ts'
import { bestOf, forWays, NO_SLOWER, type Way, type WayName, WAYS } from './contenders.ts'
import { ENCRYPTION, withMeeting } from './meeting.ts'

const KIB = 1024
const MIB = KIB * KIB

interface Work {
  readonly name: string
  readonly count: number
  readonly blockBytes: number
  readonly unit: 'MiB/s' | 'blocks/s'
  readonly warmBlocks: number
  /** Of barter→barter, in what boxo→boxo does at its best. */
  readonly target: Target | null
}

interface Rate {
  readonly rate: number
  /** The part of the blocks that came before the limit. */
  readonly complete: number
  /** Milliseconds on the processor for a MiB. */
  readonly providerCpu: number
  readonly consumerCpu: number
}

/** What Boxo, stalling, may take: anything that goes well takes a fraction of it. */
const LIMIT_MS = 25_000

const LARGE: Work = {
  name: 'large',
  count: 1_000,
  blockBytes: 256 * KIB,
  unit: 'MiB/s',
  warmBlocks: 128,
  target: { at: 'least', value: 1 }
}
const MEDIUM: Work = {
  name: 'medium',
  count: 1_000,
  blockBytes: 64 * KIB,
  unit: 'MiB/s',
  warmBlocks: 512,
  target: null
}
const SMALL: Work = {
  name: 'small',
  count: 20_000,
  blockBytes: 4 * KIB,
  unit: 'blocks/s',
  // As many as take Boxo a second.
  warmBlocks: 2_048,
  target: { at: 'least', value: 2 }
}

export const BULK: readonly Group[] = [LARGE, MEDIUM, SMALL].map((work) => ({
  name: work.name,
  about: `${work.count.toLocaleString('en')} × ${work.blockBytes / KIB} KiB from one provider`,
  run: async (settings) => {
    const sized = settings.quick ? { ...work, count: work.count / 10, warmBlocks: 32 } : work
    return report(
      sized,
      settings,
      await interleave(
        settings,
        work.name,
        forWays((way) => trade(settings, sized, way))
      )
    )
  }
}))

function trade(settings: Settings, work: Work, { workers, ...pair }: Way): Contender<Rate> {
  const { count, blockBytes } = work
  const blocks = { seed: work.name, count, blockBytes }
  return () =>
    withMeeting(settings, { ...pair, blocks, warmBlocks: work.warmBlocks }, async (meeting) => {
      const [provider] = meeting.providers
      await provider?.cpuMs()
      const job = { digests: meeting.digests, blockBytes, workers, limitMs: LIMIT_MS }
      const outcome = await meeting.consumer.fetch(job)
      const [mib, seconds] = [outcome.bytes / MIB, outcome.ms / 1000]
      return {
        rate: (work.unit === 'MiB/s' ? mib : outcome.blocks) / seconds,
        complete: outcome.blocks / count,
        providerCpu: ((await provider?.cpuMs()) ?? NaN) / mib,
        consumerCpu: outcome.cpuMs / mib
      }
    })
}

function report(work: Work, { quick }: Settings, found: Readonly<Record<WayName, Rounds<Rate>>>): readonly Line[] {
  const { name, unit, count, blockBytes } = work
  const notes = { blocks: count, blockBytes, encryption: ENCRYPTION, quick }
  const each = forEach(found, (rounds) => series(rounds, ({ rate }) => rate))
  const lines = (Object.keys(WAYS) as WayName[]).map((way) => {
    const { figures } = found[way]
    const digits = (pick: (rate: Rate) => number): number[] => figures.map((rate) => Number(pick(rate).toPrecision(4)))
    return line(`${name}: ${way}`, unit, each[way], null, {
      ...notes,
      workers: WAYS[way].workers,
      complete: digits(({ complete }) => complete),
      providerCpuMsPerMib: digits(({ providerCpu }) => providerCpu),
      consumerCpuMsPerMib: digits(({ consumerCpu }) => consumerCpu)
    })
  })
  const best = bestOf(each)
  const compare = (pair: keyof typeof best, target: Target | null): Line =>
    line(`${name}: ${pair} of the best of boxo→boxo`, 'ratio', ratio(best[pair], best['boxo→boxo']), target, notes)
  return [
    ...lines,
    compare('barter→barter', work.target),
    compare('barter→boxo', NO_SLOWER),
    compare('boxo→barter', null)
  ]
}

function forEach<T>(found: Readonly<Record<WayName, T>>, pick: (value: T) => Series): Record<WayName, Series> {
  const picked = Object.entries(found).map(([way, value]) => [way, pick(value)])
  return Object.fromEntries(picked) as Record<WayName, Series>
}
