import { DEFAULT_OPTIONS } from '../../options.ts'
import { adversaryByName } from '../adversaries/catalogue.ts'
import { Fields } from './fields.ts'
import type {
  AdversaryOptions,
  ChurnOptions,
  ContentOptions,
  ExchangeOptions,
  LinkOptions,
  RoutingOptions,
  Scenario,
  TopologyOptions
} from './scenario.ts'
import { checkWhole } from './check-whole.ts'
import { readWorkload } from './read-workload.ts'

/** Published medians want thirty runs at least. */
export const DEFAULT_SEEDS = 30

const MAX_PEERS = 200_000
const MAX_SEEDS = 10_000
const DAY_MS = 24 * 3_600_000

/** Reads a scenario from parsed JSON. Throws `InvalidParametersError` that names the field and what is allowed there. */
export function readScenario(json: unknown): Scenario {
  const fields = new Fields('', json)
  const scenario: Scenario = {
    name: fields.text('name'),
    about: fields.text('about', 'no description'),
    paper: readPaper(fields),
    seeds: fields.section('seeds', readSeeds),
    topology: fields.section('topology', readTopology),
    link: fields.section('link', readLink),
    cpu: fields.section('cpu', (cpu) => ({
      perMessageUs: cpu.number('perMessageUs', 0),
      perByteNs: cpu.number('perByteNs', 0),
      shared: cpu.flag('shared', false)
    })),
    store: fields.section('store', (store) => ({ delay_ms: store.number('delay_ms', 0) })),
    churn: fields.has('churn') ? fields.section('churn', readChurn) : undefined,
    content: fields.section('content', readContent),
    workload: fields.section('workload', readWorkload),
    routing: fields.section('routing', readRouting),
    client: fields.references('client', ['barter']),
    server: fields.references('server', ['debt-ratio']),
    adversary: fields.has('adversary') ? fields.section('adversary', readAdversary) : undefined,
    exchange: fields.section('exchange', readExchange),
    wire: fields.choice('wire', ['reference', 'codec'], 'reference'),
    realBytes: fields.flag('realBytes', false),
    limit_ms: fields.number('limit_ms', DAY_MS, { min: 1 })
  }
  fields.end()
  checkWhole(scenario)
  return scenario
}

function readPaper(fields: Fields): Scenario['paper'] {
  if (!fields.has('paper')) return undefined
  return fields.section('paper', (paper) => ({
    ref: paper.text('ref'),
    class: paper.choice('class', ['exact', 'ratio', 'ordering'], 'ordering')
  }))
}

function readSeeds(seeds: Fields): readonly number[] {
  const from = seeds.whole('from', 1)
  const count = seeds.whole('count', DEFAULT_SEEDS, { min: 1, max: MAX_SEEDS })
  return Array.from({ length: count }, (_, index) => from + index)
}

function readTopology(topology: Fields): TopologyOptions {
  return {
    kind: topology.choice('kind', ['mesh', 'sparse', 'star', 'spokes', 'random'], 'mesh'),
    seed: topology.whole('seed', 1, { max: MAX_PEERS }),
    leech: topology.whole('leech', 1, { max: MAX_PEERS }),
    passive: topology.whole('passive', 0, { max: MAX_PEERS }),
    max_connection_rate: topology.number('max_connection_rate', 100, { max: 100 }),
    degree: topology.whole('degree', 20, { min: 1 }),
    nat_pct: topology.number('nat_pct', 0, { max: 100 })
  }
}

function readLink(link: Fields): LinkOptions {
  const options = readLinkFields(link)
  const shares = options.classes.reduce((sum, { share }) => sum + share, 0)
  if (options.classes.length > 0 && Math.abs(shares - 1) > 1e-6) throw link.wrong('classes', 'shares that add up to 1')
  if (options.loss_pct > 0 && options.tcp === 'none')
    throw link.wrong('loss_pct', '0, or a "tcp" that notices a loss: "lite"')
  return options
}

function readLinkFields(link: Fields): LinkOptions {
  return {
    latency_ms: link.number('latency_ms', 5),
    jitter_pct: link.number('jitter_pct', 0, { max: 100 }),
    bandwidth_mb: link.number('bandwidth_mb', 1_024),
    download_mb: link.number('download_mb', 0),
    loss_pct: link.number('loss_pct', 0, { max: 50 }),
    tcp: link.choice('tcp', ['none', 'lite'], 'none'),
    stream_setup_rtts: link.whole('stream_setup_rtts', 0, { max: 10 }),
    window_bytes: link.whole('window_bytes', 1024 * 1024, { min: 1 }),
    seed_latency_ms: link.numbers('seed_latency_ms', []),
    classes: link.list('classes', (one) => ({
      share: one.number('share', 1, { max: 1 }),
      upload_mb: one.number('upload_mb', 0),
      download_mb: one.number('download_mb', 0)
    })),
    remote: link.flag('remote', false),
    regions: link.flag('regions', false)
  }
}

function readChurn(churn: Fields): ChurnOptions {
  return {
    kind: churn.choice('kind', ['weibull', 'lognormal'], 'weibull'),
    median_ms: churn.number('median_ms', 2 * 3_600_000, { min: 1_000 }),
    shape: churn.number('shape', 0.608, { min: 0.01 }),
    off_ms: churn.number('off_ms', 60_000, { min: 1 })
  }
}

function readContent(content: Fields): ContentOptions {
  return {
    file_size: content.numbers('file_size', [1024 * 1024], { min: 1, whole: true }),
    files: content.whole('files', 1, { min: 1, max: 1_000_000 }),
    chunk: content.whole('chunk', 262_144, { min: 1, max: 1024 * 1024 }),
    layout: content.choice('layout', ['balanced', 'flat'], 'balanced'),
    rawLeaves: content.flag('rawLeaves', true)
  }
}

function readRouting(routing: Fields): RoutingOptions {
  return {
    kind: routing.choice('kind', ['none', 'instant', 'dht-phases'], 'none'),
    delay_ms: routing.number('delay_ms', 50),
    walk_s: routing.pair('walk_s', [0.62, 0.64]),
    dial_s: routing.pair('dial_s', [0.55, 0.48])
  }
}

function readAdversary(adversary: Fields): AdversaryOptions {
  const kind = adversary.text('kind')
  try {
    adversaryByName(kind)
  } catch (error) {
    throw adversary.wrong('kind', `an adversary (${error instanceof Error ? error.message : String(error)})`)
  }
  return { kind, fraction: adversary.number('fraction', 0, { max: 1 }) }
}

function readExchange(exchange: Fields): ExchangeOptions {
  const { engine, session } = DEFAULT_OPTIONS
  return {
    strict: exchange.flag('strict', false),
    uploadSlots: exchange.whole('uploadSlots', engine.uploadSlots, { min: 1 }),
    targetMessageBytes: exchange.whole('targetMessageBytes', engine.targetMessageBytes, { min: 1 }),
    replaceHaveBytes: exchange.whole('replaceHaveBytes', engine.replaceHaveBytes),
    maxInFlightBytesPerPartner: exchange.whole('maxInFlightBytesPerPartner', engine.maxInFlightBytesPerPartner, {
      min: 1
    }),
    providerSearchDelayMs: exchange.number('providerSearchDelayMs', session.providerSearchDelayMs)
  }
}
