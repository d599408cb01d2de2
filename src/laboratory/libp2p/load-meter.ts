import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks'
import type { WorldMeasurement } from '../world-like.ts'

/** How often the event loop is looked at; what it measures includes the pause between two looks. */
const RESOLUTION_MS = 10
const NANOS_PER_MS = 1_000_000

/** How busy the one thread is that all nodes of a world share: where times differ from virtual ones, this is the suspect. */
export class LoadMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  #begun: EventLoopUtilization = performance.eventLoopUtilization()

  begin(): void {
    this.#begun = performance.eventLoopUtilization()
    this.#delay.enable()
  }

  /** Since `begin`. */
  read(): readonly WorldMeasurement[] {
    const { utilization } = performance.eventLoopUtilization(this.#begun)
    const lateMs = (percentile: number): number => {
      return Math.max(0, this.#delay.percentile(percentile) / NANOS_PER_MS - RESOLUTION_MS)
    }
    return [
      { metric: 'loop_utilisation', value: utilization, unit: '1' },
      { metric: 'loop_delay_median', value: lateMs(50), unit: 'ms' },
      { metric: 'loop_delay_p99', value: lateMs(99), unit: 'ms' }
    ]
  }

  end(): void {
    this.#delay.disable()
  }
}
