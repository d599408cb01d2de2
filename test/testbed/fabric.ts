import type { ChildProcess } from 'node:child_process'
import type { Stranding } from './flow-table.ts'
import type { LinkShape } from './link-queue.ts'

/** A link joins two hosts; `a` is the one of the lower number. Hosts are numbered from 1. */
export interface Link {
  readonly a: number
  readonly b: number
}

/** What went over all links so far. */
export interface FabricStat {
  readonly forwarded: number
  readonly bytes: number
  /** Packets lost on purpose, or for want of room; with proxies, the stalls that stand for losses. */
  readonly lost: number
  /** Connections broken by `cut` and `cutAfter`. */
  readonly cuts: number
  /** Packets or bytes that half-open connections did not carry. */
  readonly swallowed: number
  /** Packets that this process was too slow to take: an error of the measurement. */
  readonly missed: number
}

/** The hosts and what lies between them. */
export interface Fabric {
  readonly kind: 'namespaces' | 'proxies'
  /** One sentence for the report: what is real, what is modelled. */
  readonly describe: string
  /** Starts a program on a host. It ends with the fabric, whatever happens to this process. */
  spawn(host: number, program: string, args: readonly string[]): ChildProcess
  /** Where a peer on a host listens, as multiaddr text. */
  listenAddress(host: number): string
  /** Tells under which address a peer listens after all; `listenAddress` may leave the port open. */
  listening(host: number, address: string): Promise<void>
  /** Where `from` reaches the peer on host `to`. */
  addressOf(from: number, to: number): string
  /** Both ways of a link. */
  shape(link: Link, shape: LinkShape): void
  /** Resets the connections of a link now, both ends of them. */
  cut(link: Link): void
  /** Resets them once so many more bytes have gone over the link. */
  cutAfter(link: Link, bytes: number): void
  /** Takes back a `cutAfter` that has not come true. */
  calm(link: Link): void
  /** Makes the connections of a link half-open. Those that are opened later are whole. */
  strand(link: Link, stranding: Stranding): void
  stat(): FabricStat
  close(): Promise<void>
}

export function linkName({ a, b }: Link): string {
  return `${a}-${b}`
}

/** Every two of so many hosts. */
export function fullMesh(hosts: number): Link[] {
  const links: Link[] = []
  for (let a = 1; a <= hosts; a++) {
    for (let b = a + 1; b <= hosts; b++) links.push({ a, b })
  }
  return links
}
