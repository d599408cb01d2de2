import { expect, it } from 'vitest'
import { cidKey, toPeerId } from '../../../src/ids.ts'
import { createMessage, type Message, type WantEntry, type WantType } from '../../../src/message/message.ts'
import { MAX_WANTS } from '../../../src/network/http/asked-wants.ts'
import { HttpPeer } from '../../../src/network/http/http-peer.ts'
import { Workers } from '../../../src/network/http/workers.ts'
import { blocks, Swarm } from '../../support/swarm.ts'
import { VirtualHttp } from '../../support/virtual-http.ts'

const ORIGIN = 'https://gateway.example'
const BLOCK = blocks(1)[0] ?? expect.fail()
const KEY = cidKey(BLOCK.cid)
const CANCEL = { cid: BLOCK.cid, key: KEY }

function want(type: WantType, { cid } = BLOCK): WantEntry {
  return { cid, key: cidKey(cid), type, priority: 1, sendDontHave: true }
}

const asks = (type: WantType): Message => createMessage({ wants: [want(type)] })

/** A host by itself, which answers after 20 ms: what it is asked, and what is heard of it, are `log`. */
function lonelyPeer({ storeMs = 0 } = {}) {
  const swarm = new Swarm()
  const { clock } = swarm
  const http = new VirtualHttp(swarm)
  const host = http.host(ORIGIN).has([BLOCK])
  const log: string[] = []
  host.instead = ({ method }) => void log.push(method)
  const peer = new HttpPeer(toPeerId('host'), 20, {
    clock,
    workers: new Workers(16),
    events: {
      received: async (_peer, { blocks, presences }) => {
        log.push(...blocks.map(() => 'block'), ...presences.map(({ have }) => (have ? 'have' : "don't have")))
        if (blocks.length > 0) await clock.sleep(storeMs)
      }
    },
    request: { port: http, origin: ORIGIN, mayBePrivate: false, maxBytes: 1_000, stallMs: 5_000 },
    idleMs: 60_000,
    succeeded: () => undefined,
    leave: (why) => void log.push(`left alone: ${why}`),
    idle: () => undefined
  })
  return { peer, host, clock, log }
}

it('a want that becomes stronger while the host is asked is asked then', async () => {
  const { peer, clock, log } = lonelyPeer()
  peer.told(asks('have'))
  await clock.advance(10)
  peer.told(asks('block'))
  await clock.advance(1_000)
  expect(log).toEqual(['HEAD', 'have', 'GET', 'block'])
})

it.each(['have', 'block'] as const)(
  'a want that was taken back and told again while the host is asked (%s) is asked once more',
  async (type) => {
    const { peer, clock, log } = lonelyPeer()
    peer.told(asks('have'))
    await clock.advance(10)
    peer.told(createMessage({ cancels: [CANCEL] }))
    peer.told(asks(type))
    await clock.advance(1_000)
    expect(log).toEqual(type === 'have' ? ['HEAD', 'HEAD', 'have'] : ['HEAD', 'GET', 'block'])
  }
)

it('a full list takes back and tells at once', async () => {
  const { peer, clock, log } = lonelyPeer()
  peer.told(asks('have'))
  await clock.advance(10)
  peer.told(createMessage({ full: true }))
  peer.told(createMessage({ full: true, wants: [want('block')] }))
  await clock.advance(1_000)
  expect(log).toEqual(['HEAD', 'GET', 'block'])
})

it('what the request under way will answer is not asked twice', async () => {
  const { peer, clock, log } = lonelyPeer()
  peer.told(asks('block'))
  await clock.advance(10)
  peer.told(asks('block'))
  peer.told(asks('have'))
  await clock.advance(1_000)
  expect(log).toEqual(['GET', 'block'])
})

it('a want that comes while the last bytes are stored is asked anew', async () => {
  const { peer, clock, log } = lonelyPeer({ storeMs: 100 })
  peer.told(asks('block'))
  await clock.advance(50)
  peer.told(asks('block'))
  await clock.advance(1_000)
  expect(log).toEqual(['GET', 'block', 'GET', 'block'])
})

it('a host that does not have the block is not asked for it after all', async () => {
  const { peer, host, clock, log } = lonelyPeer()
  host.blocks.clear()
  peer.told(asks('have'))
  await clock.advance(10)
  peer.told(asks('block'))
  await clock.advance(1_000)
  expect(log).toEqual(['HEAD', "don't have"])
})

it.each([
  ['fails', { status: 500 }],
  ['asks for a pause', { status: 429, retryAfter: '1' }]
])('a request that %s is made again for the stronger want', async (_how, answer) => {
  const { peer, host, clock, log } = lonelyPeer()
  host.instead = ({ method }) => {
    log.push(method)
    return method === 'HEAD' ? answer : undefined
  }
  peer.told(asks('have'))
  await clock.advance(10)
  peer.told(asks('block'))
  await clock.advance(5_000)
  expect(log).toEqual(['HEAD', 'GET', 'block'])
})

it('a want that finds no room after a pause is denied, and not forgotten', async () => {
  const { peer, host, clock, log } = lonelyPeer()
  host.instead = () => ({ status: 429, retryAfter: '1' })
  peer.told(asks('block'))
  peer.told(createMessage({ wants: blocks(MAX_WANTS + 11, 64, 1).map((block) => want('block', block)) }))
  await clock.advance(100)
  expect(log.filter((line) => line === "don't have").length).toBe(12)
})
