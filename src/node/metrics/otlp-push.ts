import type { Clock, Logger, Timer } from '../../ports.ts'
import type { TelemetryConfig } from '../config/telemetry-section.ts'
import { reasonOf } from '../repo/repo-error.ts'

export interface OtlpPushParts {
  readonly config: TelemetryConfig & { readonly endpoint: string }
  readonly clock: Pick<Clock, 'setTimer'>
  readonly logger: Pick<Logger, 'error' | 'debug'>
  /** What is sent, as JSON. */
  readonly body: () => Promise<unknown>
}

/** A collector that does not answer for so long is given up on until the next time. */
const TIMEOUT_MS = 10_000

/** Hands metrics to a collector, again and again. One that fails is told of once, until it works again. */
export class OtlpPush {
  readonly #parts: OtlpPushParts
  readonly #url: string
  readonly #stop = new AbortController()
  #timer: Timer | undefined
  #failed = false

  constructor(parts: OtlpPushParts) {
    this.#parts = parts
    this.#url = `${parts.config.endpoint.replace(/\/+$/u, '')}/v1/metrics`
  }

  start(): void {
    this.#timer = this.#parts.clock.setTimer(this.#parts.config.intervalMs, () => void this.#again())
  }

  stop(): void {
    this.#timer?.cancel()
    this.#stop.abort()
  }

  async #again(): Promise<void> {
    await this.#push()
    if (!this.#stop.signal.aborted) this.start()
  }

  async #push(): Promise<void> {
    const { config, logger, body } = this.#parts
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...config.headers },
        body: JSON.stringify(await body()),
        redirect: 'error',
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)])
      })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`it answered ${response.status}`)
      if (this.#failed) logger.debug('the collector takes metrics again', { url: this.#url })
      this.#failed = false
    } catch (error) {
      if (this.#stop.signal.aborted) return
      const log = this.#failed ? 'debug' : 'error'
      this.#failed = true
      logger[log]('the collector did not take the metrics', { url: this.#url, reason: causeOf(error) })
    }
  }
}

/** Why `fetch` failed stands in the cause of its error. */
function causeOf(error: unknown): string {
  return reasonOf(error instanceof Error && error.cause instanceof Error ? error.cause : error)
}
