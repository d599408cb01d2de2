import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ApiMeter } from '../../../src/api/server/api-meter.ts'
import type { Snapshot } from '../../../src/api/service/insight-snapshot.ts'
import { ExchangeMeter } from '../../../src/exchange-meter.ts'
import type { ExchangeInsight, StuckCode } from '../../../src/exchange-insight.ts'
import { DhtCalls } from '../../../src/node/bandwidth/dht-calls.ts'
import { IdentifyMeter } from '../../../src/node/metrics/identify-meter.ts'
import { SERIES } from '../../../src/node/metrics/metrics.ts'
import type { Scrape } from '../../../src/node/metrics/series.ts'
import type { Exchange } from '../../../src/exchange.ts'
import { createMessage } from '../../../src/message/message.ts'
import { want } from '../../support/engine-world.ts'
import { ENGINE, PARTNER, SNAPSHOT, WANT } from '../../support/fake-insight.ts'

const FLOW = { payload: 3, duplicate: 2, overhead: 1 }

/** Nothing in it is 0, so that a series that is fed by nothing shows. */
const BUSY: Snapshot = {
  ...SNAPSHOT,
  at: SNAPSHOT.at + 700_000,
  peer: { ...SNAPSHOT.peer, partners: 4, routing: { type: 'auto' } },
  traffic: {
    ...SNAPSHOT.traffic,
    totalIn: FLOW,
    totalOut: FLOW,
    blocksIn: 9,
    blocksOut: 8,
    limits: { upload: 1, download: 2, uploadPerPeer: 3, downloadPerPeer: 4 }
  },
  wants: { total: 7, rows: [WANT] },
  engine: { ...ENGINE, waitingEntries: 2, refusedPartners: 1 },
  store: {
    spec: 'fs:',
    blocks: 3,
    bytes: 4,
    maxBytes: 5,
    caches: [{ name: 'blocks.cache', hits: 2, lookups: 3 }],
    io: [],
    gc: { state: 'running', lastAt: 1_000, removedBlocks: 2 }
  },
  providing: { strategy: 'all', state: 'providing', queued: 1, active: 2, provided: 3, failed: 4, behindMs: 5_000 },
  refused: { total: 1, rows: [{ id: 'want-overflow', by: 'limit', text: '', count: 6 }] }
}

const INSIGHT: Partial<ExchangeInsight> = {
  engine: () => ({
    ...ENGINE,
    presencesHeld: 3,
    waitingLookups: 2,
    activeLookups: 1,
    presencesSent: 1,
    failedWrites: 5
  }),
  traffic: () => ({ payloadIn: 1, duplicateIn: 1, wireIn: 3, payloadOut: 1, wireOut: 2, unread: 7 }),
  broadcastSkips: 4,
  oldestWantAt: () => SNAPSHOT.at - 90_000,
  refused: () => [{ id: 'bad-block', by: 'rule', text: '', count: 2 }]
}

function busyScrape(): Scrape {
  const meter = new ExchangeMeter(() => 0)
  for (const tally of [meter.received, meter.duplicates, meter.sent, meter.sendSeconds]) tally.add(500)
  const presences = [true, false].map((have) => ({ cid: want('a').cid, key: want('a').key, have }))
  meter.messageReceived(createMessage({ presences, blocks: [{ prefix: new Uint8Array(4), bytes: new Uint8Array(9) }] }))
  meter.messageSent(createMessage({ wants: [want('a', { type: 'have' })] }), Promise.withResolvers().promise)
  meter.wantlistSeconds.add(2)
  const identify = new IdentifyMeter()
  identify.received({ protocols: ['/a', '/b'], listenAddrs: ['/ip4/192.0.2.1'] })
  return {
    ...{ snapshot: BUSY, identify: { meter: identify, protocols: 3, addresses: 2 } },
    ...{ dht: busyDht(), api: busyApi() },
    exchange: { insight: INSIGHT } as unknown as Exchange,
    meter,
    connections: [
      { direction: 'inbound', transport: '/ip4/tcp' },
      { direction: 'outbound', transport: '/ip4/tcp/ws' }
    ],
    streams: { inbound: 2, outbound: 3 },
    stores: [
      {
        ...{ name: 'blocks', kind: 'fs', location: '/secret', hits: 1, misses: 2, readBytes: 3, readMs: 4 },
        ...{ writes: 5, writeBytes: 6, writeMs: 7, deletes: 8, errors: 9 },
        ...{ damaged: 2, healed: 1 }
      }
    ],
    gateway: { inFlight: 1, responses: { 200: 2 }, cut: 3, bodyBytes: 4 },
    loopDelay: { '0.5': 0.01 },
    version: '1.2.3'
  }
}

function busyDht(): DhtCalls {
  let now = 0
  const dht = new DhtCalls(() => now++)
  for (const name of ['inbound_rpc_requests', 'inbound_rpc_errors', 'outbound_rpc_requests', 'outbound_rpc_errors'])
    dht.counterGroup(`libp2p_dht_lan_${name}_total`)?.increment({ FIND_NODE: true })
  dht.metricGroup('libp2p_dht_lan_inbound_rpc_time_seconds')?.timer('FIND_NODE')()
  return dht
}

function busyApi(): ApiMeter {
  let now = 0
  const [api, response] = [new ApiMeter(() => now++), new EventEmitter()]
  const socket = { bytesRead: 300, bytesWritten: 500 }
  const [asked, answered]: unknown[] = [
    { method: 'POST', socket },
    Object.assign(response, { statusCode: 200, headersSent: true, req: { socket } })
  ]
  api.watch(asked as IncomingMessage, answered as ServerResponse)
  response.emit('close')
  return api
}

describe('series', () => {
  it('show each figure where there is one', () => {
    const scrape = busyScrape()
    const idle = SERIES.filter((series) => !series.read(scrape).some(({ value }) => value > 0))
    expect(idle.map(({ name }) => name)).toEqual([])
  })

  it('have names of their own, and say what they are', () => {
    expect(new Set(SERIES.map(({ name }) => name)).size).toBe(SERIES.length)
    expect(SERIES.filter(({ help }) => help === '')).toEqual([])
    expect(SERIES.filter(({ name }) => !/^(ipfs|exchange|provider|libp2p|rpc|barter)_[a-z0-9_]+$/u.test(name))).toEqual(
      []
    )
  })

  it('tell all reasons for which a want may be stuck, also those that none is stuck for', () => {
    const stuck = SERIES.find(({ name }) => name === 'barter_wants_stuck')?.read(busyScrape()) ?? []
    const reasons = new Map(stuck.map(({ labels, value }) => [labels?.['reason'], value]))
    const code: StuckCode = 'no-providers'
    expect([reasons.get(code), reasons.get('silent-peers'), reasons.size]).toEqual([1, 0, 11])
    expect(JSON.stringify(stuck)).not.toContain(PARTNER.id)
  })
})
