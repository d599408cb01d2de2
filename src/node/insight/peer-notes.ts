import type { IdentifyResult, Libp2p, PeerId } from '@libp2p/interface'
import { BITSWAP_PROTOCOLS } from '../../network/libp2p/protocols.ts'
import { spacedLine } from '../../safe-text.ts'

/** What a connected peer said of itself. */
export interface PeerNote {
  readonly agent: string | undefined
  /** The newest version of bitswap that it speaks. */
  readonly protocol: string | undefined
}

const MAX_AGENT = 128

/** What connected peers said of themselves when they were identified: it is in files otherwise, one for each. */
export class PeerNotes {
  readonly #libp2p: Pick<Libp2p, 'addEventListener' | 'removeEventListener' | 'getPeers' | 'peerStore'>
  /** Bounded: connected peers. */
  readonly #notes = new Map<string, PeerNote>()

  constructor(libp2p: Pick<Libp2p, 'addEventListener' | 'removeEventListener' | 'getPeers' | 'peerStore'>) {
    this.#libp2p = libp2p
  }

  /** Those that were identified before are looked up once. */
  start(): void {
    this.#libp2p.addEventListener('peer:identify', this.#onIdentify)
    this.#libp2p.addEventListener('peer:disconnect', this.#onDisconnect)
    for (const peer of this.#libp2p.getPeers()) void this.#lookUp(peer)
  }

  stop(): void {
    this.#libp2p.removeEventListener('peer:identify', this.#onIdentify)
    this.#libp2p.removeEventListener('peer:disconnect', this.#onDisconnect)
    this.#notes.clear()
  }

  of(peer: string): PeerNote | undefined {
    return this.#notes.get(peer)
  }

  readonly #onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
    this.#notes.set(detail.peerId.toString(), noteOf(detail.agentVersion, detail.protocols))
  }

  readonly #onDisconnect = ({ detail }: CustomEvent<PeerId>): void => void this.#notes.delete(detail.toString())

  async #lookUp(peer: PeerId): Promise<void> {
    const known = await this.#libp2p.peerStore.get(peer).catch(() => undefined)
    const isHere = this.#libp2p.getPeers().some((one) => one.equals(peer))
    if (known === undefined || !isHere || this.#notes.has(peer.toString())) return
    const agent = known.metadata.get('AgentVersion')
    this.#notes.set(peer.toString(), noteOf(agent && Buffer.from(agent).toString('utf8'), known.protocols))
  }
}

function noteOf(agent: string | undefined, protocols: readonly string[]): PeerNote {
  return {
    agent: agent === undefined || agent === '' ? undefined : plainText(agent, MAX_AGENT),
    protocol: BITSWAP_PROTOCOLS.find((protocol) => protocols.includes(protocol))
  }
}

/** What a peer said, in one line without control characters, nor such as turn the direction of writing. */
export function plainText(text: string, maxLength: number): string {
  return spacedLine(text).slice(0, maxLength)
}
