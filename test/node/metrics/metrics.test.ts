import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Bitswap } from '../../../src/bitswap.ts'
import { toPeerId } from '../../../src/ids.ts'
import { createMessage } from '../../../src/message/message.ts'
import { cidPrefix } from '../../../src/message/prefix.ts'
import { METRICS_PATH } from '../../../src/node/metrics/metrics-area.ts'
import { Metrics } from '../../../src/node/metrics/metrics.ts'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { numberedBlock, type SampleBlock } from '../../../src/testing/sample-blocks.ts'
import { configure, type Settings } from '../../support/configure.ts'
import { eventually } from '../../support/eventually.ts'
import { openDaemon } from '../../support/open-daemon.ts'
import { byMetric, samplesOf } from '../../support/scrape.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

/** What Kubo names and an exchange between two peers changes. */
const CHANGED = [
  'ipfs_p2p_peers_total',
  'ipfs_bitswap_wantlist_total',
  'ipfs_bitswap_wanthaves_broadcast',
  'ipfs_bitswap_blocks_received',
  'ipfs_bitswap_unique_blocks_received',
  'ipfs_bitswap_recv_all_blocks_bytes',
  'ipfs_bitswap_recv_dup_blocks_bytes',
  'ipfs_bitswap_sent_all_blocks_bytes',
  'ipfs_bitswap_send_times',
  'exchange_bitswap_response_bytes',
  'exchange_bitswap_wantlists_total',
  'exchange_bitswap_wantlists_items_total',
  'exchange_bitswap_wantlists_seconds',
  'libp2p_rcmgr_connections',
  'libp2p_rcmgr_streams',
  'libp2p_identify_identify_total',
  'libp2p_identify_protocols_received',
  'libp2p_identify_addrs_received',
  'barter_bytes_total',
  'barter_messages_total',
  'barter_blocks_sent_total',
  'barter_sessions',
  'barter_partners',
  'barter_partner_debt_ratio',
  'barter_store_reads_total',
  'barter_store_writes_total',
  'barter_store_bytes_total',
  'barter_store_seconds_total',
  'barter_wants_oldest_seconds',
  'barter_refused_total'
]

async function repoPeer(settings: Settings = {}): Promise<Peer> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  await configure(root, settings)
  const peer = await createPeer({ repo: root })
  onTestFinished(() => peer.stop())
  return peer
}

function metricsOf({ service, bitswap, libp2p, repo }: Peer): Metrics {
  return new Metrics({
    ...{ insight: service.insight, exchange: bitswap, libp2p, version: '1.2.3' },
    ...{ stores: () => repo?.storeStats() ?? [], gateway: () => undefined }
  })
}

function knownToDht({ libp2p }: Peer): number {
  const dht: unknown = Reflect.get(libp2p.services, 'lanDht')
  return Number(Reflect.get(Object(Reflect.get(Object(dht), 'routingTable')), 'size'))
}

async function has(peer: Peer, blocks: readonly SampleBlock[]): Promise<void> {
  for (const { cid, bytes } of blocks) await peer.bitswap.put(cid, bytes)
}

async function fetchAll(peer: Peer, blocks: readonly SampleBlock[]): Promise<void> {
  for (const { cid, bytes } of blocks) expect(await peer.bitswap.get(cid)).toEqual(bytes)
}

/** The block comes once more, when nobody waits for it. */
async function repeat({ bitswap }: Peer, from: Peer, { cid, bytes }: SampleBlock): Promise<void> {
  if (!(bitswap instanceof Bitswap)) throw new Error('the exchange of a peer is a Bitswap')
  await bitswap.received(toPeerId(from.libp2p.peerId), createMessage({ blocks: [{ prefix: cidPrefix(cid), bytes }] }))
}

describe('metrics of a peer', () => {
  it('are fed by what it does', async () => {
    const [alice, bob, carol] = [await repoPeer(), await createPeer(), await createPeer()]
    onTestFinished(() => bob.stop())
    onTestFinished(() => carol.stop())
    const metrics = metricsOf(alice)
    const before = await metrics.text()

    const [hers, his] = [
      [1, 2, 3, 4].map((n) => numberedBlock(n, 5_000)),
      [5, 6, 7].map((n) => numberedBlock(n, 5_000))
    ]
    await has(alice, hers)
    await has(bob, his)
    await alice.libp2p.dial(bob.libp2p.getMultiaddrs())
    await alice.libp2p.dial(carol.libp2p.getMultiaddrs())
    await eventually(() => alice.bitswap.stat().partners.length > 1, 'she knows both')
    await eventually(() => bob.bitswap.stat().partners.length > 0, 'he knows her')
    await fetchAll(alice, his)
    await fetchAll(bob, hers)
    const stop = new AbortController()
    const missing = [20, 21].map((n) => alice.bitswap.get(numberedBlock(n).cid, { signal: stop.signal }))
    await eventually(() => alice.bitswap.stat().messagesSent > 2, 'somebody was asked for what is missing')
    await eventually(() => alice.bitswap.insight.wants(9).every(({ asked }) => asked > 0), 'each want was asked for')
    await eventually(() => bob.bitswap.wantlistOf(alice.libp2p.peerId).length === 2, 'it was heard')
    // While something is wanted; otherwise blocks are not even looked at.
    await repeat(alice, bob, numberedBlock(5, 5_000))
    await repeat(alice, bob, numberedBlock(99, 50))
    const after = await metrics.text()
    stop.abort(new Error('enough'))
    await Promise.allSettled(missing)

    const [old, now] = [byMetric(before.body), byMetric(after.body)]
    expect(before.type).toContain('text/plain')
    expect(CHANGED.filter((name) => now.get(name) === undefined || now.get(name) === old.get(name))).toEqual([])
    const value = (name: string, labels = ''): number | undefined =>
      samplesOf(after.body).find((sample) => sample.name === name && sample.labels === labels)?.value
    expect(value('ipfs_bitswap_recv_all_blocks_bytes_count')).toBe(5)
    expect(value('ipfs_bitswap_recv_dup_blocks_bytes_sum')).toBe(5_000)
    expect(value('ipfs_bitswap_sent_all_blocks_bytes_bucket', 'le="16384"')).toBe(4)
    expect(value('ipfs_bitswap_wantlist_total')).toBe(2)
    expect(value('barter_bytes_total', 'direction="in",kind="payload"')).toBe(15_000)
    expect(value('barter_refused_total', 'reason="unwanted-block",by="rule"')).toBe(1)
    expect(value('ipfs_info', 'version="1.2.3",commit=""')).toBe(1)
    // Somebody has to store, and to pay for, each of them: no peer, and nothing else without end, is in a label.
    expect(samplesOf(after.body).length).toBeLessThan(500)
    expect(after.body).not.toContain(bob.libp2p.peerId.toString())
  })

  it('count messages of the DHT, and whom broadcast control keeps from being asked', async () => {
    const settings = {
      Routing: { Type: 'dht', LoopbackAddressesOnLanDHT: true },
      Internal: { Bitswap: { BroadcastControl: { LocalPeers: true } } }
    }
    const [asking, asked] = [await repoPeer(settings), await repoPeer(settings)]
    const [ofAsking, ofAsked] = [metricsOf(asking), metricsOf(asked)]
    await asking.libp2p.dial(asked.libp2p.getMultiaddrs())
    await eventually(() => asking.bitswap.stat().partners.length > 0, 'they know each other')
    const stop = new AbortController()
    const missing = asking.bitswap.get(numberedBlock(30).cid, { signal: stop.signal })
    await eventually(() => asking.bitswap.insight.broadcastSkips > 0, 'somebody was not asked')
    await eventually(() => knownToDht(asking) > 0, 'the DHT knows whom to ask')
    for await (const { type } of asking.service.routing.findProviders(numberedBlock(31).cid.toString(), {}))
      expect(type).not.toBe('provider')
    stop.abort(new Error('enough'))
    await Promise.allSettled([missing])
    const sent = byMetric((await ofAsking.text()).body)
    expect(sent.get('ipfs_bitswap_bcast_skips_total')).toMatch(/ [1-9]/u)
    expect(sent.get('rpc_outbound_requests_total')).toContain('message_type="GET_PROVIDERS"')
    const received = byMetric((await ofAsked.text()).body)
    expect(received.get('rpc_inbound_messages_total')).toContain('message_type="GET_PROVIDERS"')
    expect(received.get('rpc_inbound_request_latency')).toMatch(/_count\{\} [1-9]/u)
  })

  it("count what the API was asked, by nobody's name", async () => {
    const { url } = await openDaemon()
    for (const path of ['version', 'cat?arg=secret']) await fetch(`${url}/api/v0/${path}`, { method: 'POST' })
    const body = await (await fetch(`${url}${METRICS_PATH}`)).text()
    const counts = byMetric(body).get('ipfs_http_requests_total')
    expect(counts).toContain('{method="POST",code="200",handler="api"} 1')
    expect(counts).toContain('{method="POST",code="500",handler="api"} 1')
    expect(byMetric(body).get('ipfs_http_request_duration_seconds')).toContain('_count{handler="api"} 2')
    expect(body).not.toContain('secret')
  })
})
