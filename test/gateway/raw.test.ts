import { describe, expect, it } from 'vitest'
import { NotFoundError, StoreError, UnsupportedHashError } from '../../src/errors.ts'
import type { GatewayPorts } from '../../src/gateway/gateway-ports.ts'
import { fetchFrom, GatewayWorld, talk } from '../support/gateway-world.ts'
import { eventually } from '../support/eventually.ts'

const HELLO = Buffer.from('hello, block')
const ABSENT = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const RAW = 'application/vnd.ipld.raw'
const CAR = 'application/vnd.ipld.car'

async function helloWorld(ports: Partial<GatewayPorts> = {}) {
  const world = await new GatewayWorld(ports).start()
  const cid = (await world.put(HELLO)).toString()
  return { world, cid, url: `/ipfs/${cid}?format=raw` }
}

describe('a block, as the Trustless Gateway specification says', () => {
  it('is sent as opaque bytes that match the requested CID, with the headers of an immutable attachment', async () => {
    const { world, cid, url } = await helloWorld()
    const reply = await world.get(url)
    expect(reply.status).toBe(200)
    expect(reply.body).toEqual(HELLO)
    expect(reply.headers).toMatchObject({
      'content-type': RAW,
      'content-length': String(HELLO.length),
      'content-disposition': `attachment; filename="${cid}.bin"`,
      'cache-control': 'public, max-age=29030400, immutable',
      etag: `"${cid}.raw"`,
      'x-content-type-options': 'nosniff',
      'x-ipfs-path': `/ipfs/${cid}`,
      'x-ipfs-roots': cid,
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': expect.stringContaining('X-Ipfs-Roots') as string
    })
    expect(reply.headers['content-location']).toBeUndefined()
  })

  it('is negotiated by Accept, and then says where it is found by URL alone', async () => {
    const { world, cid } = await helloWorld()
    const reply = await world.get(`/ipfs/${cid}`, { accept: `text/html;q=0.9, ${RAW}` })
    expect(reply).toMatchObject({ status: 200, body: HELLO })
    expect(reply.headers['content-location']).toBe(`/ipfs/${cid}?format=raw`)
  })

  it('tells caches when the answer is for this Accept alone, beside what the owner says of it', async () => {
    const { world, cid, url } = await helloWorld()
    const vary = async (path: string, accept: string, method = 'GET', etag = '') =>
      (await world.get(path, { accept, 'if-none-match': etag }, method)).headers.vary
    for (const path of [`/ipfs/${cid}`, `/ipfs/${cid}?format=`]) {
      expect(await vary(path, RAW)).toBe('Accept')
      expect(await vary(path, RAW, 'HEAD')).toBe('Accept')
      expect(await vary(path, RAW, 'GET', `"${cid}.raw"`)).toBe('Accept')
      expect(await vary(path, CAR)).toBe('Accept')
    }
    expect(await vary(url, RAW)).toBeUndefined()
    // Accept says whether blocks are sent as often as they occur, unless the URL does.
    expect(await vary(`/ipfs/${cid}?format=car`, '*/*')).toBe('Accept')
    expect(await vary(`/ipfs/${cid}?format=car&car-dups=n`, `${CAR};dups=y`)).toBeUndefined()
    expect(await vary(`/ipfs/${cid}?car-dups=n`, CAR)).toBe('Accept')
    const other = await new GatewayWorld({}, { headers: { vary: ['Origin'] } }).start()
    expect((await other.get('/ipfs/bafkqaaa', { accept: RAW })).headers.vary).toBe('Origin, Accept')
    expect((await other.get('/ipfs/bafkqaaa?format=raw')).headers.vary).toBe('Origin')
  })

  it('prefers format in the URL over Accept', async () => {
    const { world, url } = await helloWorld()
    const reply = await world.get(url, { accept: 'application/vnd.ipld.car, text/html' })
    expect(reply.headers['content-type']).toBe(RAW)
  })

  it('is told of by HEAD without a payload', async () => {
    const { world, url } = await helloWorld()
    const reply = await world.get(url, {}, 'HEAD')
    expect(reply).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect(reply.headers['content-length']).toBe(String(HELLO.length))
  })

  it('is called what the client wants, in ASCII and in UTF-8', async () => {
    const { world, url } = await helloWorld()
    const reply = await world.get(`${url}&filename=${encodeURIComponent('тест "1".bin')}`)
    expect(reply.headers['content-disposition']).toBe(
      `attachment; filename="____ \\"1\\".bin"; filename*=UTF-8''%D1%82%D0%B5%D1%81%D1%82%20%221%22.bin`
    )
  })

  it.each([
    ['with the same Etag', (cid: string) => `"${cid}.raw"`, 304],
    ['with a weak one, among others', (cid: string) => `"other", W/"${cid}.raw"`, 304],
    ['with *', () => '*', 304],
    ['with another', () => '"other"', 200]
  ])('answers If-None-Match %s', async (_name, header, status) => {
    const { world, cid, url } = await helloWorld()
    const reply = await world.get(url, { 'if-none-match': header(cid) })
    expect(reply.status).toBe(status)
    if (status === 304) expect(reply.body.length).toBe(0)
    expect(reply.headers.etag).toBe(`"${cid}.raw"`)
  })

  it.each([
    ['bytes=0-4', 206, 'hello', 'bytes 0-4/12'],
    ['bytes=7-', 206, 'block', 'bytes 7-11/12'],
    ['bytes=-5', 206, 'block', 'bytes 7-11/12'],
    ['bytes=7-999', 206, 'block', 'bytes 7-11/12'],
    ['bytes=-999', 206, 'hello, block', 'bytes 0-11/12'],
    ['bytes=12-', 416, '', 'bytes */12'],
    ['bytes=-0', 416, '', 'bytes */12'],
    // RFC 9110 lets a server pass these over; the whole block is short.
    ['bytes=0-1,4-5', 200, 'hello, block', undefined],
    ['bytes=5-2', 200, 'hello, block', undefined],
    ['lines=1-2', 200, 'hello, block', undefined]
  ])('answers Range: %s with %i', async (range, status, body, contentRange) => {
    const { world, cid, url } = await helloWorld()
    const reply = await world.get(url, { range })
    expect(reply.status).toBe(status)
    expect(reply.body.toString()).toBe(body)
    expect(reply.headers['content-range']).toBe(contentRange)
    // RFC 9110, 15.3.7: a 206 has the Etag that a 200 would have.
    if (status === 206) expect(reply.headers.etag).toBe(`"${cid}.raw"`)
  })

  it('sends the whole block when If-Range names another version of it', async () => {
    const { world, cid, url } = await helloWorld()
    expect((await world.get(url, { range: 'bytes=0-4', 'if-range': '"other"' })).status).toBe(200)
    expect((await world.get(url, { range: 'bytes=0-4', 'if-range': `"${cid}.raw"` })).status).toBe(206)
  })

  it('SHOULD answer the probes: the empty identity CID, by GET and HEAD', async () => {
    const world = await new GatewayWorld().start()
    for (const method of ['GET', 'HEAD']) {
      const reply = await world.get('/ipfs/bafkqaaa?format=raw', {}, method)
      expect(reply).toMatchObject({ status: 200, body: Buffer.alloc(0) })
      expect(reply.headers['content-length']).toBe('0')
    }
    const inline = await world.get('/ipfs/bafkqac3imvwgy3zao5xxe3de?format=raw')
    expect(inline.body.toString()).toBe('hello world')
  })

  it.each(['f', 'F', 'b', 'B', 'k', 'K', 'z', 'u', 'm'] as const)(
    'is found by its CID in base "%s"',
    async (prefix) => {
      const { world, cid } = await helloWorld()
      const { bases } = await import('multiformats/basics')
      const { CID } = await import('multiformats/cid')
      const base = Object.values(bases).find((one) => one.prefix === prefix)
      if (base === undefined) throw new Error('no such base')
      const text = CID.parse(cid).toString(base.encoder)
      expect((await world.get(`/ipfs/${encodeURI(text)}?format=raw`)).body).toEqual(HELLO)
    }
  )
})

describe('a request that is not for a block', () => {
  it.each([
    ['/ipfs/CID', {}, 400, 'say what is wanted'],
    ['/ipfs/CID', { accept: '*/*' }, 406, 'only what can be verified'],
    ['/ipfs/CID', { accept: 'text/html' }, 406, 'only what can be verified'],
    ['/ipfs/CID?format=tar', {}, 406, 'only what can be verified'],
    ['/ipfs/CID?format=dag-json', { accept: RAW }, 406, 'only what can be verified'],
    ['/ipfs/CID/a?format=raw', {}, 406, 'a raw block has no path'],
    ['/ipfs/CID/a%ff?format=car', {}, 400, 'not well encoded'],
    ['/ipfs/nonsense?format=raw', {}, 400, '"nonsense" is not a CID'],
    ['/ipfs/QmBad?format=raw', {}, 400, '"QmBad" looks like a CID, and has characters too few, too many or mistyped'],
    ['/ipfs/?format=raw', {}, 400, 'no CID'],
    [`/ipfs/b${'a'.repeat(400)}?format=raw`, {}, 400, 'too long'],
    [`/ipfs/CID${'/a'.repeat(65)}?format=car`, {}, 400, 'at most 64 names'],
    ['/ipns/example.org?format=raw', {}, 501, 'IPNS'],
    ['/', {}, 404, 'nothing is served here'],
    ['/ipfs/CID?format=raw', { 'service-worker': 'script' }, 400, 'service workers']
  ])('%s with %o is answered %i', async (path, headers, status, text) => {
    const { world, cid } = await helloWorld()
    const reply = await world.get(path.replace('CID', cid), { ...headers })
    expect(reply.status).toBe(status)
    expect(reply.body.toString()).toContain(text)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers['content-type']).toContain('text/plain')
  })

  it('is answered 405 when it would change something, and OPTIONS with what web pages may ask', async () => {
    const { world, url } = await helloWorld()
    const post = await world.get(url, {}, 'POST')
    expect(post).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } })
    const options = await world.get(url, {}, 'OPTIONS')
    expect(options).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': 'GET, HEAD, OPTIONS' } })
  })

  it('does not follow dots: names are names', async () => {
    const { world, cid } = await helloWorld()
    expect((await world.get(`/ipfs/${cid}/../../etc/passwd?format=car`)).status).toBe(404)
  })

  it('gets no more than 8 KiB of headers', async () => {
    const { world } = await helloWorld()
    expect(await talk(world.port, `GET /ipfs/${'a'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toContain(' 431 ')
  })
})

describe('a block that is not here', () => {
  it('is a 404 where nothing is fetched, and a 412 where only-if-cached was asked', async () => {
    const world = await new GatewayWorld().start()
    for (const method of ['GET', 'HEAD']) {
      expect((await world.get(`/ipfs/${ABSENT}?format=raw`, {}, method)).status).toBe(404)
      const cached = { 'cache-control': 'only-if-cached' }
      expect((await world.get(`/ipfs/${ABSENT}?format=raw`, cached, method)).status).toBe(412)
    }
  })

  it('is fetched from other peers, unless only-if-cached forbids it; what was opened is closed', async () => {
    const [asked, closed]: [string[], string[]] = [[], []]
    const world = await new GatewayWorld({
      fetch: () => ({
        get: (cid) => {
          asked.push(cid.toString())
          return Promise.resolve(HELLO)
        },
        prefetch: () => undefined,
        close: () => void closed.push('closed')
      })
    }).start()
    expect((await world.get(`/ipfs/${ABSENT}?format=raw`)).body).toEqual(HELLO)
    expect((await world.get(`/ipfs/${ABSENT}?format=raw`, { 'cache-control': 'only-if-cached' })).status).toBe(412)
    expect([asked, closed]).toEqual([[ABSENT], ['closed']])
  })

  it.each([
    ['no peer has it', new NotFoundError('nobody has it'), 404],
    ['its hash is of a kind that is not known', new UnsupportedHashError('hash 0x99'), 400],
    ['the exchange fails', new Error('the session was closed'), 502],
    ['the disk fails', new StoreError('EIO: /secret/path'), 500]
  ])('is an error when %s', async (_name, error, status) => {
    const remote = { get: () => Promise.reject(error), prefetch: () => undefined, close: () => undefined }
    const world = await new GatewayWorld({ fetch: () => remote }).start()
    const reply = await world.get(`/ipfs/${ABSENT}?format=raw`)
    expect(reply.status).toBe(status)
    expect(reply.headers['retry-after']).toBe(status === 502 ? '30' : undefined)
    expect(reply.body.toString()).not.toContain('/secret/path')
  })

  it('is a 504 with Retry-After when it does not come in time', async () => {
    const never: GatewayPorts['fetch'] = () => ({
      get: (_cid, options) =>
        new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('late')))),
      prefetch: () => undefined,
      close: () => undefined
    })
    const world = await new GatewayWorld({ fetch: never }, { retrievalTimeoutMs: 20 }).start()
    const reply = await world.get(`/ipfs/${ABSENT}?format=raw`)
    expect(reply).toMatchObject({ status: 504, headers: { 'retry-after': '30' } })
  })

  it('is given up on when the client hangs up', async () => {
    const gone = Promise.withResolvers<unknown>()
    const asked = Promise.withResolvers<undefined>()
    const fetch: GatewayPorts['fetch'] = ({ signal }) => ({
      get: () => {
        signal.addEventListener('abort', () => gone.resolve(signal.reason))
        asked.resolve(undefined)
        return new Promise(() => undefined)
      },
      prefetch: () => undefined,
      close: () => undefined
    })
    const world = await new GatewayWorld({ fetch }).start()
    const abort = new AbortController()
    const request = globalThis
      .fetch(`http://127.0.0.1:${world.port}/ipfs/${ABSENT}?format=raw`, { signal: abort.signal })
      .catch(() => undefined)
    await asked.promise
    abort.abort()
    await request
    expect(await gone.promise).toMatchObject({ status: 499 })
    await eventually(() => world.server.stat().inFlight === 0, 'nothing is under way')
  })
})

describe('a gateway', () => {
  it('does not serve what its owner denied: 410', async () => {
    const { world, url } = await helloWorld({ serves: () => false })
    for (const method of ['GET', 'HEAD']) expect((await world.get(url, {}, method)).status).toBe(410)
    expect((await world.get(url.replace('raw', 'car'))).status).toBe(410)
  })

  it('answers as many at a time as it may, and the others 429 with Retry-After', async () => {
    const open = Promise.withResolvers<Uint8Array>()
    const remote = { get: () => open.promise, prefetch: () => undefined, close: () => undefined }
    const world = await new GatewayWorld({ fetch: () => remote }, { maxConcurrentRequests: 2 }).start()
    const [one, other] = [0, 1].map(() => fetchFrom(world.port, `/ipfs/${ABSENT}?format=raw`))
    await eventually(() => world.server.stat().inFlight === 2, 'two are under way')
    const refused = await world.get('/ipfs/bafkqaaa?format=raw')
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1', 'cache-control': 'no-store' } })
    open.resolve(HELLO)
    expect([(await one)?.status, (await other)?.status]).toEqual([200, 200])
    await eventually(() => world.server.stat().inFlight === 0, 'nothing is under way')
    expect(world.server.stat().responses).toEqual({ 200: 2, 429: 1 })
    expect((await world.get('/ipfs/bafkqaaa?format=raw')).status).toBe(200)
  })

  it('sends the headers of its owner before its own', async () => {
    const headers = { 'access-control-allow-origin': ['https://a.example'], 'X-Mine': ['1', '2'], etag: ['no'] }
    const world = await new GatewayWorld({}, { headers }).start()
    const reply = await world.get('/ipfs/bafkqaaa?format=raw')
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'x-mine': '1, 2',
      etag: '"bafkqaaa.raw"'
    })
  })

  it('ends what is under way when it stops', async () => {
    const fetch: GatewayPorts['fetch'] = ({ signal }) => ({
      get: () => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      prefetch: () => undefined,
      close: () => undefined
    })
    const world = await new GatewayWorld({ fetch }).start()
    const reply = fetchFrom(world.port, `/ipfs/${ABSENT}?format=raw`)
    await eventually(() => world.server.stat().inFlight === 1, 'one is under way')
    await world.server.stop()
    expect((await reply).status).toBe(503)
  })
})
