import type { InnerPacket, Segment } from './inner-packet.ts'

/**
 * How a connection is half-open: it carries nothing any more, or only one way, and nobody is told; or it carries nothing
 * and one end is reset, so that it may connect anew to another that believes it never left. `a` is the host of the lower
 * number.
 */
export const STRANDINGS = ['nothing', 'a-to-b', 'b-to-a', 'a-knows', 'b-knows'] as const
export type Stranding = (typeof STRANDINGS)[number]

/**
 * What becomes of a packet: it goes on, it vanishes, its sender is told that the connection is cut, or it is the one that
 * completes the bytes after which all connections of its link are to be cut.
 */
export type Verdict = 'pass' | 'swallow' | 'reset' | 'cut-link'

/** What a side of a connection said last: it takes a reset with exactly this sequence number. */
export interface ResetTarget {
  readonly to: number
  readonly from: number
  readonly toPort: number
  readonly fromPort: number
  readonly sequence: number
}

interface Flow {
  readonly a: number
  readonly b: number
  readonly aPort: number
  readonly bPort: number
  /** What each side acknowledged last. */
  aExpects: number | undefined
  bExpects: number | undefined
  state: 'open' | 'cut' | Stranding
}

/** Connections remembered; the oldest go first. A forgotten one passes. */
const MAX_FLOWS = 4_096

/** TCP connections between hosts, and what is to happen to them: the memory of a router that can break them. */
export class FlowTable {
  /** Bounded: `MAX_FLOWS`. */
  readonly #flows = new Map<string, Flow>()
  /** Payload bytes until the connections of a link are cut, by link. Bounded: the links. */
  readonly #cutAfter = new Map<string, number>()

  /** Looks at a packet before it is forwarded. */
  judge({ from, to, segment }: InnerPacket): Verdict {
    if (segment === undefined) return 'pass'
    const flow = this.#flowOf(from, to, segment)
    if (flow === undefined) return 'pass'
    if (segment.acknowledges) expects(flow, from, segment.acknowledged)
    if (segment.resets) return flow.state === 'open' || flow.state === 'cut' ? 'pass' : verdict(flow, from)
    if (flow.state !== 'open') return verdict(flow, from)
    return this.#countdown(flow, segment) ? 'cut-link' : 'pass'
  }

  /** Cuts the connections of a link that are not cut yet; returns where to send resets. */
  cut(a: number, b: number): ResetTarget[] {
    return this.#of(a, b).flatMap((flow) => {
      if (flow.state === 'cut') return []
      flow.state = 'cut'
      return resets(flow)
    })
  }

  /** Cuts the connections of a link once so many bytes of payload went over it, either way. */
  cutAfter(a: number, b: number, bytes: number): void {
    this.#cutAfter.set(linkName(a, b), bytes)
  }

  /** Forgets a cut that has not come. */
  calm(a: number, b: number): void {
    this.#cutAfter.delete(linkName(a, b))
  }

  /** Makes the connections of a link half-open; new ones are not concerned. Returns where to send resets. */
  strand(a: number, b: number, stranding: Stranding): ResetTarget[] {
    const open = this.#of(a, b).filter(({ state }) => state === 'open')
    for (const flow of open) flow.state = stranding
    return open.flatMap((flow) => resets(flow).filter(({ to }) => knows(flow, to)))
  }

  #of(a: number, b: number): Flow[] {
    const [low, high] = a < b ? [a, b] : [b, a]
    return [...this.#flows.values()].filter((flow) => flow.a === low && flow.b === high)
  }

  #flowOf(from: number, to: number, segment: Segment): Flow | undefined {
    const isLow = from < to
    const { fromPort, toPort } = segment
    const [a, aPort, b, bPort] = isLow ? [from, fromPort, to, toPort] : [to, toPort, from, fromPort]
    const key = `${a}:${aPort}-${b}:${bPort}`
    const known = this.#flows.get(key)
    // A SYN on the ports of a connection that is broken is a new connection; on an open one it is sent again.
    if (!segment.opens || known?.state === 'open') return known
    const flow: Flow = { a, b, aPort, bPort, aExpects: undefined, bExpects: undefined, state: 'open' }
    this.#flows.delete(key)
    this.#flows.set(key, flow)
    for (const oldest of this.#flows.keys()) {
      if (this.#flows.size <= MAX_FLOWS) break
      this.#flows.delete(oldest)
    }
    return flow
  }

  /** True when this packet is the one that completes the bytes after which the link is cut. */
  #countdown(flow: Flow, { payloadBytes }: Segment): boolean {
    const name = linkName(flow.a, flow.b)
    const left = this.#cutAfter.get(name)
    if (left === undefined) return false
    if (left > payloadBytes) {
      this.#cutAfter.set(name, left - payloadBytes)
      return false
    }
    this.#cutAfter.delete(name)
    return true
  }
}

function verdict(flow: Flow, from: number): Verdict {
  if (flow.state === 'open') return 'pass'
  if (flow.state === 'cut') return 'reset'
  if (flow.state === 'nothing') return 'swallow'
  if (flow.state === 'a-knows' || flow.state === 'b-knows') return knows(flow, from) ? 'reset' : 'swallow'
  return (flow.state === 'a-to-b') === (from === flow.a) ? 'pass' : 'swallow'
}

function knows({ a, b, state }: Flow, host: number): boolean {
  return (state === 'a-knows' && host === a) || (state === 'b-knows' && host === b)
}

function expects(flow: Flow, host: number, sequence: number): void {
  if (host === flow.a) flow.aExpects = sequence
  else flow.bExpects = sequence
}

function resets({ a, b, aPort, bPort, aExpects, bExpects }: Flow): ResetTarget[] {
  return [
    ...(aExpects === undefined ? [] : [{ to: a, from: b, toPort: aPort, fromPort: bPort, sequence: aExpects }]),
    ...(bExpects === undefined ? [] : [{ to: b, from: a, toPort: bPort, fromPort: aPort, sequence: bExpects }])
  ]
}

function linkName(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`
}
