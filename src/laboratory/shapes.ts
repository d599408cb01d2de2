import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { VirtualNetworkOptions, JoinOptions } from '../simulation/virtual-network.ts'
import type { BandwidthClass, Scenario } from './scenario/scenario.ts'
import type { PlannedPeer } from './topology.ts'
import { Wheel } from './workload/popularity.ts'

/** 2²⁰ bits, in bytes: what Testground's traffic shaping takes a "megabit" for. */
const MEBIBIT_BYTES = (1024 * 1024) / 8

/** What all connections of a scenario have in common. */
export function networkShape({ link, cpu }: Scenario): Pick<VirtualNetworkOptions, 'link' | 'sharedCpu'> {
  return {
    link: {
      latencyMs: link.latency_ms,
      jitterPct: link.jitter_pct,
      windowBytes: link.window_bytes,
      slowStart: link.tcp === 'lite',
      lossRate: link.loss_pct / 100,
      setupRoundTrips: link.stream_setup_rtts
    },
    ...(cpu.shared && { sharedCpu: cpu })
  }
}

/** What one peer has for all its connections. */
export function hostShape(plan: PlannedPeer, { link, cpu }: Scenario, random: SeededRandom): JoinOptions {
  const { upload_mb, download_mb } = bandwidthOf(plan, link, random)
  return {
    features: { presences: true, isRemote: true },
    dialable: !plan.isBehindNat,
    egressLatencyMs: lateness(plan, link),
    ...(upload_mb > 0 && { uploadBytesPerSecond: upload_mb * MEBIBIT_BYTES }),
    ...(download_mb > 0 && { downloadBytesPerSecond: download_mb * MEBIBIT_BYTES }),
    ...(!cpu.shared && cpu.perMessageUs + cpu.perByteNs > 0 && { cpu })
  }
}

/** Seeds may be further away than others: they delay what they send, as nodes under Testground do. */
function lateness({ role, number }: PlannedPeer, { latency_ms, seed_latency_ms }: Scenario['link']): number {
  if (role !== 'seed' || seed_latency_ms.length === 0) return 0
  return Math.max(0, (seed_latency_ms[number % seed_latency_ms.length] ?? 0) - latency_ms)
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
