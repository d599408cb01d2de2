import type { Distribution } from '../simulation/distribution.ts'
import { drawRegion, type Region } from '../simulation/regions.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { VirtualNetworkOptions, JoinOptions } from '../simulation/virtual-network.ts'
import type { SearchPhases } from '../simulation/virtual-providers.ts'
import type { BandwidthClass, Scenario } from './scenario/scenario.ts'
import type { PlannedPeer } from './topology.ts'
import { Wheel } from './workload/popularity.ts'

/** 2²⁰ bits, in bytes: what Testground's traffic shaping takes a "megabit" for. */
const MEBIBIT_BYTES = (1024 * 1024) / 8

/** What all connections of a scenario have in common. */
export function networkShape({
  link,
  cpu,
  routing
}: Scenario): Pick<VirtualNetworkOptions, 'link' | 'sharedCpu' | 'dial'> {
  return {
    link: {
      latencyMs: commonLatency(link),
      jitterPct: link.jitter_pct,
      windowBytes: link.window_bytes,
      slowStart: link.tcp === 'lite',
      lossRate: link.loss_pct / 100,
      setupRoundTrips: link.stream_setup_rtts
    },
    ...(cpu.shared && { sharedCpu: cpu }),
    ...(routing.kind === 'dht-phases' && { dial: lognormalOf(routing.dial_s) })
  }
}

/** How long a search for providers takes, by the routing of a scenario. */
export function searchPace({ routing }: Scenario, random: SeededRandom): number | SearchPhases {
  if (routing.kind !== 'dht-phases') return routing.delay_ms
  return { walk: lognormalOf(routing.walk_s), random: random.stream('routing') }
}

function lognormalOf([mean, deviation]: readonly [number, number]): Distribution {
  return { kind: 'lognormal', meanMs: mean * 1_000, sdMs: deviation * 1_000 }
}

/** Where each peer is, if the scenario spreads them over the world. */
export function regionsOf(peers: number, { link }: Scenario, random: SeededRandom): readonly Region[] | undefined {
  if (!link.regions) return undefined
  return Array.from({ length: peers }, (_, index) => drawRegion(random.stream(`region/${index}`)))
}

/** What one peer has for all its connections. */
export function hostShape(plan: PlannedPeer, { link, cpu }: Scenario, random: SeededRandom): JoinOptions {
  const { upload_mb, download_mb } = bandwidthOf(plan, link, random)
  return {
    features: { presences: true, isRemote: link.remote },
    dialable: !plan.isBehindNat,
    egressLatencyMs: lateness(plan, link),
    ...(upload_mb > 0 && { uploadBytesPerSecond: upload_mb * MEBIBIT_BYTES }),
    ...(download_mb > 0 && { downloadBytesPerSecond: download_mb * MEBIBIT_BYTES }),
    ...(!cpu.shared && cpu.perMessageUs + cpu.perByteNs > 0 && { cpu })
  }
}

/** Of all links, to which each peer adds what it is late by: as nodes under Testground delay what they send. */
function commonLatency({ latency_ms, seed_latency_ms }: Scenario['link']): number {
  return Math.min(latency_ms, ...seed_latency_ms)
}

/** Seeds may be nearer or further away than others. Between regions, the latency of the two is the common one. */
function lateness({ role, number }: PlannedPeer, link: Scenario['link']): number {
  const { latency_ms, seed_latency_ms, regions } = link
  const isSeed = role === 'seed' && seed_latency_ms.length > 0
  const own = isSeed ? (seed_latency_ms[number % seed_latency_ms.length] ?? latency_ms) : latency_ms
  return regions ? Math.max(0, own - latency_ms) : own - commonLatency(link)
}

function bandwidthOf(
  { index }: PlannedPeer,
  { bandwidth_mb, download_mb, classes }: Scenario['link'],
  random: SeededRandom
): Pick<BandwidthClass, 'upload_mb' | 'download_mb'> {
  const wheel = new Wheel(classes.map(({ share }) => share))
  const drawn = classes[wheel.pick(random.stream(`bandwidth/${index}`).next())]
  return drawn ?? { upload_mb: bandwidth_mb, download_mb }
}
