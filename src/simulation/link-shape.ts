/** One connection as a scenario describes it: plain data, all of it but latency and window off by default. */
export interface LinkShape {
  /** One way. */
  readonly latencyMs: number
  /** Part of the latency by which each message may come sooner or later, in percent, evenly drawn. Order is kept. */
  readonly jitterPct?: number
  /** Pace of each way. No limit when undefined. */
  readonly bytesPerSecond?: number
  /** Bytes on their way or unread before the sender has to wait: buffers of both ends and the flow-control window. */
  readonly windowBytes: number
  /** A connection begins slowly, as TCP does: ten packets in the first round trip, twice as many in each that follows. */
  readonly slowStart?: boolean
  /** With `slowStart`: part of the packets that are lost, 0 to 1. Each costs a round trip and half of the pace. */
  readonly lossRate?: number
  /** Round trips that the first message of a stream waits until protocols are agreed on. */
  readonly setupRoundTrips?: number
}

/** What one peer has for all its connections together: plain data. */
export interface HostShape {
  /** What everything that it sends is late by, beside the latency of the link: how Testground shapes a node. */
  readonly egressLatencyMs?: number
  /** No limit when undefined. */
  readonly uploadBytesPerSecond?: number
  readonly downloadBytesPerSecond?: number
  /** Bytes that an idle uplink lets through at once. */
  readonly uploadBurstBytes?: number
  /** Work for each message, and each byte of it, at both ends; messages wait for a core that has other work. */
  readonly cpu?: CpuShape
}

export interface CpuShape {
  readonly perMessageUs: number
  readonly perByteNs: number
}

export const DEFAULT_LINK: LinkShape = { latencyMs: 10, windowBytes: 1024 * 1024 }

export function toMicros(ms: number): number {
  return Math.round(ms * 1_000)
}
