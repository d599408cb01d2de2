/** Many blocks in one request: large ones against the raw stream, small ones against the cost of each. */
import { DEFAULT_NETWORK_OPTIONS } from '../../src/network/libp2p/network-options.ts'
import type { Encryption } from '../../src/node/libp2p/libp2p-defaults.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import type { Kind } from './calls.ts'
import { type Contender, type Group, interleave, type Rounds, series, type Settings } from './context.ts'
import { withCrew } from './crew.ts'
import { type Line, line, median, ratio } from './line.ts'
import { warmBlocks, withPair } from './pair.ts'
import type { Secured } from './peer.ts'

const KIB = 1024
const MIB = KIB * KIB

interface Work {
  readonly name: string
  readonly encryption: Secured
  readonly count: number
  readonly blockBytes: number
  /** Calls at a time, where a peer takes one CID a call: what served Helia best here. */
  readonly concurrency: number
}

interface Rate {
  readonly blocksPerSecond: number
  readonly mibPerSecond: number
  /** Time on the processor for a MiB, in milliseconds: says more than the clock on a machine that is busy. */
  readonly providerCpu: number
  readonly consumerCpu: number
}

export function largeBlocks(encryption: Encryption): Group {
  const name = `large ${encryption}`
  const about = `1,000 × 256 KiB, one provider, ${encryption}`
  return {
    name,
    about,
    run: async (settings) => {
      const count = settings.quick ? 100 : 1_000
      const work = { name, encryption, count, blockBytes: 256 * KIB, concurrency: 256 }
      const found = await interleave<Rate, 'raw' | 'barter' | 'helia'>(settings, name, {
        raw: rawSender(settings, work, encryption),
        barter: exchange(settings, work, 'barter'),
        helia: exchange(settings, work, 'helia')
      })
      const of = (who: keyof typeof found) => series(found[who], ({ mibPerSecond }) => mibPerSecond)
      const notes = { blocks: count, blockBytes: work.blockBytes, quick: settings.quick }
      return [
        line(`${name}: raw stream`, 'MiB/s', of('raw'), null, {
          ...notes,
          ...cpu(found.raw),
          writeBytes: writeBytes(work)
        }),
        line(`${name}: barter`, 'MiB/s', of('barter'), null, { ...notes, ...cpu(found.barter) }),
        line(`${name}: helia`, 'MiB/s', of('helia'), null, {
          ...notes,
          ...cpu(found.helia),
          concurrency: work.concurrency
        }),
        line(
          `${name}: barter of raw stream`,
          'ratio',
          ratio(of('barter'), of('raw')),
          { at: 'least', value: 0.75, stretch: 0.9 },
          notes
        ),
        line(`${name}: barter of helia`, 'ratio', ratio(of('barter'), of('helia')), null, notes)
      ]
    }
  }
}

/** What users get: each with the settings it comes with, Barter's being TLS before noise and wider windows. */
export function largeAsTheyCome(): Group {
  const name = 'large own'
  return {
    name,
    about: '1,000 × 256 KiB, one provider, Barter and Helia each with its own defaults',
    run: async (settings) => {
      const count = settings.quick ? 100 : 1_000
      const work: Work = { name, encryption: 'own', count, blockBytes: 256 * KIB, concurrency: 256 }
      const found = await interleave<Rate, Kind>(settings, name, {
        barter: exchange(settings, work, 'barter'),
        helia: exchange(settings, work, 'helia')
      })
      const of = (who: Kind) => series(found[who], ({ mibPerSecond }) => mibPerSecond)
      const notes = { blocks: count, blockBytes: work.blockBytes, quick: settings.quick }
      const calls = { concurrency: work.concurrency }
      return [
        line(`${name}: barter`, 'MiB/s', of('barter'), null, { ...notes, ...cpu(found.barter) }),
        line(`${name}: helia`, 'MiB/s', of('helia'), null, { ...notes, ...cpu(found.helia), ...calls }),
        line(`${name}: barter of helia`, 'ratio', ratio(of('barter'), of('helia')), { at: 'least', value: 3 }, notes)
      ]
    }
  }
}

export function smallBlocks(): Group {
  const name = 'small'
  const blockBytes = 4 * KIB
  return {
    name,
    about: '50,000 × 4 KiB, one provider; a tenth of them for Helia',
    run: async (settings): Promise<readonly Line[]> => {
      const count = settings.quick ? 5_000 : 50_000
      const work: Work = { name, encryption: 'own', count, blockBytes, concurrency: 512 }
      const found = await interleave<Rate, Kind>(settings, name, {
        barter: exchange(settings, work, 'barter'),
        helia: exchange(settings, { ...work, count: count / 10 }, 'helia')
      })
      const of = (who: Kind) => series(found[who], ({ blocksPerSecond }) => blocksPerSecond)
      const notes = { blocks: count, blockBytes, encryption: work.encryption, quick: settings.quick }
      const less = { ...notes, blocks: count / 10, concurrency: work.concurrency }
      return [
        line(`${name}: barter`, 'blocks/s', of('barter'), null, { ...notes, ...cpu(found.barter) }),
        line(`${name}: helia`, 'blocks/s', of('helia'), null, { ...less, ...cpu(found.helia) }),
        line(`${name}: barter of helia`, 'ratio', ratio(of('barter'), of('helia')), { at: 'least', value: 10 }, notes)
      ]
    }
  }
}

/** The calls of `send` that Barter makes: a message of blocks each, in pieces if it is longer than that. */
function writeBytes({ blockBytes }: Work): number {
  return Math.min(DEFAULT_NETWORK_OPTIONS.writeBytes, Math.max(DEFAULT_OPTIONS.engine.targetMessageBytes, blockBytes))
}

function rawSender(settings: Settings, work: Work, encryption: Encryption): Contender<Rate> {
  const totalBytes = work.count * work.blockBytes
  const { writeAheadBytes } = DEFAULT_NETWORK_OPTIONS
  const options = { encryption, writeBytes: writeBytes(work), writeAheadBytes, totalBytes }
  return () =>
    withCrew(settings.deadlineMs, async (hire) => {
      const found = await hire('raw sender').call('raw', options)
      const blocksPerSecond = (found.mibPerSecond * MIB) / work.blockBytes
      const { mibPerSecond, senderCpuMsPerMib: providerCpu, receiverCpuMsPerMib: consumerCpu } = found
      return { mibPerSecond, blocksPerSecond, providerCpu, consumerCpu }
    })
}

function exchange(settings: Settings, work: Work, kind: Kind): Contender<Rate> {
  const { name, encryption, count, blockBytes, concurrency } = work
  const blocks = { seed: name, count, blockBytes }
  const spec = { name, kind, encryption, blocks, warmBlocks: warmBlocks(blockBytes) }
  return (round) =>
    withPair(settings, { ...spec, round }, async (pair) => {
      const [provider] = pair.providers
      await provider?.call('cpu', {})
      const job = { digests: pair.digests, blockBytes, concurrency }
      const { ms, bytes, cpuMs } = await pair.timed(() => pair.consumer.call('fetch', job))
      const mib = bytes / MIB
      const served = await provider?.call('cpu', {})
      return {
        mibPerSecond: mib / (ms / 1000),
        blocksPerSecond: count / (ms / 1000),
        providerCpu: (served?.cpuMs ?? NaN) / mib,
        consumerCpu: cpuMs / mib
      }
    })
}

/** What both ends spent, for the notes. */
function cpu(rounds: Rounds<Rate>): Record<string, unknown> {
  const middle = (pick: (rate: Rate) => number): number => Number((median(rounds.figures.map(pick)) ?? NaN).toFixed(2))
  return { cpuMsPerMib: { provider: middle((rate) => rate.providerCpu), consumer: middle((rate) => rate.consumerCpu) } }
}
