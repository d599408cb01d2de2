/** What the tests that only concern Kubo are made of. */
import { describe, onTestFinished } from 'vitest'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import type { PeerInit } from '../../../src/node/peer-init.ts'
import { until } from '../patience.ts'
import { whyNot } from '../required.ts'
import { KuboDaemon } from './kubo-daemon.ts'
import { asPeer, kubo, type KuboPeer } from './kubo-kind.ts'
import type { KuboRepoInit } from './kubo-repo.ts'
import type { KuboRpc } from './kubo-rpc.ts'

export interface Kubo {
  readonly daemon: KuboDaemon
  readonly rpc: KuboRpc
  readonly peer: KuboPeer
}

/** Declares tests that need Kubo: skipped where it cannot be built, unless they are required. */
export async function withKubo(title: string, declare: () => void): Promise<void> {
  const reason = await whyNot(kubo)
  describe.skipIf(reason !== undefined)(title, declare)
}

/** Stopped at the end of the test. */
export async function startKubo(init: KuboRepoInit = {}): Promise<Kubo> {
  const daemon = await KuboDaemon.start(init)
  onTestFinished(() => daemon.stop())
  return { daemon, rpc: daemon.rpc, peer: await asPeer(daemon) }
}

/** A whole Barter peer, stopped at the end of the test. */
export async function startPeer(init: PeerInit = {}): Promise<Peer> {
  const peer = await createPeer(init)
  onTestFinished(() => peer.stop())
  return peer
}

/** Barter dials Kubo; resolves when each knows that the other trades. */
export async function connect(barter: Peer, { peer }: Kubo): Promise<void> {
  const [address = ''] = peer.addresses
  const { error } = await barter.service.swarmConnect(address)
  if (error !== undefined) throw new Error(error)
  await known(barter, peer)
}

/** Resolves when each knows that the other trades, however they came together. */
export async function known(barter: Peer, peer: KuboPeer): Promise<void> {
  const us = barter.libp2p.peerId.toString()
  await until(async () => (await barter.service.bitswapStat()).peers.includes(peer.id), 'Barter knows Kubo')
  await until(async () => (await peer.partners()).includes(us), 'Kubo knows Barter')
}
