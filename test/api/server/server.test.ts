import { once } from 'node:events'
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { base32upper } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPEN_ACCESS } from '../../../src/api/server/access.ts'
import type { TcpAddress } from '../../../src/api/api-address.ts'
import { ApiServer } from '../../../src/api/server/server.ts'
import { CID_TEXT, FakeService, MISSING, PEER_TEXT } from '../../support/fake-service.ts'

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly trailers: IncomingMessage['trailers']
  readonly text: string
}

/** Kubo's word for none. */
const NO_TIME = '0001-01-01T00:00:00Z'

describe('the HTTP API', () => {
  let service: FakeService
  let server: ApiServer
  let address: TcpAddress

  beforeEach(async () => {
    service = new FakeService()
    server = new ApiServer({ service, version: '0.1.0', access: OPEN_ACCESS })
    address = await server.start({ host: '127.0.0.1', port: 0 })
  })

  afterEach(() => server.stop())

  const send = (
    path: string,
    options: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer } = {}
  ) => {
    const outgoing = request({ ...address, path, method: options.method ?? 'POST', headers: options.headers ?? {} })
    outgoing.end(options.body)
    return outgoing
  }

  const call = async (...args: Parameters<typeof send>): Promise<Answer> => {
    const outgoing = send(...args)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    // What is still being sent then, nobody reads.
    outgoing.on('error', () => undefined)
    const chunks: Buffer[] = []
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
    const { statusCode: status, headers, trailers } = response
    return { status, headers, trailers, text: Buffer.concat(chunks).toString() }
  }

  const upload = (path: string, files: Readonly<Record<string, string>>) => {
    const parts = Object.entries(files).map(
      ([name, content]) =>
        `--b\r\nContent-Disposition: form-data; name="file"; filename="${encodeURIComponent(name)}"\r\n\r\n${content}\r\n`
    )
    const headers = { 'Content-Type': 'multipart/form-data; boundary=b' }
    return call(path, { headers, body: `${parts.join('')}--b--\r\n` })
  }

  const bitswapStat = {
    Wantlist: [{ '/': CID_TEXT }],
    Peers: [PEER_TEXT],
    BlocksReceived: 1,
    DataReceived: 2,
    DupBlksReceived: 3,
    DupDataReceived: 4,
    MessagesReceived: 5,
    BlocksSent: 6,
    DataSent: 7
  }
  const ledger = { Peer: PEER_TEXT, Value: 0.5, Sent: 5, Recv: 9, Exchanged: 2 }
  const repoStat = { RepoSize: 100, StorageMax: 1_000, NumObjects: 3, RepoPath: '/repo', Version: 'fs-repo@18' }
  const identify = { ID: '', PublicKey: '', Addresses: null, AgentVersion: '', Protocols: null }
  const told = {
    ID: PEER_TEXT,
    PublicKey: 'CAES',
    Addresses: ['/ip4/1.1.1.1/tcp/1'],
    AgentVersion: 'kubo/1',
    Protocols: null
  }
  const peers = (extra: object): unknown[] => [
    { Addr: '/ip4/1.1.1.1/tcp/1', Peer: PEER_TEXT, Identify: identify, ...extra },
    expect.objectContaining({ Addr: '/ip4/2.2.2.2/tcp/1' })
  ]

  it.each([
    [
      'version',
      {
        Version: '0.43.0+barter.0.1.0',
        Commit: '',
        Repo: '18',
        System: 'amd64/linux',
        Golang: 'nodev26',
        Barter: '0.1.0'
      }
    ],
    [
      'id',
      {
        ID: PEER_TEXT,
        PublicKey: 'CAES',
        Addresses: ['/ip4/1.2.3.4/tcp/1'],
        AgentVersion: 'barter/0.1.0',
        Protocols: ['/p']
      }
    ],
    [`block/stat?arg=${CID_TEXT}`, { Key: CID_TEXT, Size: 12 }],
    [`block/stat/${CID_TEXT}`, { Key: CID_TEXT, Size: 12 }],
    ['bitswap/stat', bitswapStat],
    ['stats/bitswap?verbose=true', bitswapStat],
    ['bitswap/wantlist', { Keys: [{ '/': CID_TEXT }] }],
    [`bitswap/ledger?arg=${PEER_TEXT}`, ledger],
    ['bitswap/ledgers', { Ledgers: [ledger] }],
    [
      'bitswap/policy',
      {
        Rules: [
          { Effect: 'deny', Peer: PEER_TEXT },
          { Effect: 'allow', CID: CID_TEXT }
        ]
      }
    ],
    [
      'bitswap/limits?upload=1.5MiB',
      { Upload: 1_572_864, Download: 2, UploadPerPeer: 3, DownloadPerPeer: 4, Peers: [] }
    ],
    [
      `bitswap/limits?peer=${PEER_TEXT}&upload=5`,
      {
        Upload: 1,
        Download: 2,
        UploadPerPeer: 3,
        DownloadPerPeer: 4,
        Peers: [{ Peer: PEER_TEXT, Upload: 5, Download: null }]
      }
    ],
    ['repo/stat', repoStat],
    ['stats/repo', repoStat],
    ['repo/stat?size-only=true', { RepoSize: 100, StorageMax: 1_000 }],
    ['repo/version', { Version: '18' }],
    ['swarm/connect?arg=/ip4/1.1.1.1/tcp/1', { Strings: [`connect ${PEER_TEXT} success`] }],
    ['swarm/disconnect?arg=/ip4/1.1.1.1/tcp/1', { Strings: [`disconnect ${PEER_TEXT} success`] }],
    ['swarm/disconnect?arg=/bad', { Strings: [`disconnect ${PEER_TEXT} failure: nobody is there`] }],
    ['swarm/peers', { Peers: peers({}) }],
    ['swarm/peers?direction=1', { Peers: peers({ Direction: 1 }) }],
    [
      'swarm/peers?v=1',
      {
        Peers: peers({
          Latency: '1.2ms',
          Direction: 1,
          Streams: [{ Protocol: '/ipfs/bitswap/1.2.0' }],
          Identify: told
        })
      }
    ],
    ['swarm/peering/add?arg=/ip4/1', { ID: PEER_TEXT, Status: 'success' }],
    [`swarm/peering/rm?arg=${PEER_TEXT}`, { ID: PEER_TEXT, Status: 'success' }],
    ['swarm/peering/ls', { Peers: [{ ID: PEER_TEXT, Addrs: ['/ip4/1.1.1.1/tcp/1'] }] }],
    ['bootstrap', { Peers: [`/ip4/1.1.1.1/tcp/1/p2p/${PEER_TEXT}`] }],
    ['bootstrap/list', { Peers: [`/ip4/1.1.1.1/tcp/1/p2p/${PEER_TEXT}`] }],
    ['bootstrap/add?arg=/ip4/1&arg=/ip4/2', { Peers: ['/ip4/1', '/ip4/2'] }],
    ['bootstrap/rm?arg=/ip4/1', { Peers: ['/ip4/1'] }],
    ['bootstrap/rm?all=true', { Peers: [`/ip4/1.1.1.1/tcp/1/p2p/${PEER_TEXT}`] }],
    ['bootstrap/rm/all', { Peers: [`/ip4/1.1.1.1/tcp/1/p2p/${PEER_TEXT}`] }],
    ['swarm/addrs', { Addrs: { [PEER_TEXT]: ['/ip4/1.1.1.1/tcp/1'] } }],
    ['swarm/addrs/listen', { Strings: ['/ip4/1.1.1.1/tcp/1', '/ip4/9.9.9.9/tcp/1'] }],
    [
      'swarm/addrs/local?id=true',
      { Strings: [`/ip4/1.1.1.1/tcp/1/p2p/${PEER_TEXT}`, `/ip4/9.9.9.9/tcp/1/p2p/${PEER_TEXT}`] }
    ],
    [
      `ls?arg=${CID_TEXT}`,
      {
        Objects: [
          {
            Hash: CID_TEXT,
            Links: [
              {
                Name: 'a',
                Hash: CID_TEXT,
                Size: 6,
                Type: 2,
                Target: '',
                Mode: 0o640,
                ModTime: '1970-01-01T00:00:05.25Z'
              },
              { Name: 'b', Hash: CID_TEXT, Size: 0, Type: 1, Target: '', Mode: 2 ** 31 + 0o700, ModTime: NO_TIME },
              { Name: 'c', Hash: CID_TEXT, Size: 0, Type: 4, Target: 'a', Mode: 0, ModTime: NO_TIME }
            ]
          }
        ]
      }
    ]
  ])('%s', async (path, expected) => {
    const { status, headers, text } = await call(`/api/v0/${path}`)
    expect(JSON.parse(text)).toEqual(expected)
    expect(text.endsWith('\n')).toBe(true)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      server: 'barter/0.1.0',
      'access-control-expose-headers': 'X-Stream-Output, X-Chunked-Output, X-Content-Length'
    })
  })

  it('answers empty lists with null, as clients expect', async () => {
    service.empty = true
    expect(JSON.parse((await call('/api/v0/swarm/peers')).text)).toEqual({ Peers: null })
    expect(JSON.parse((await call('/api/v0/id')).text)).toMatchObject({ Addresses: null, Protocols: null })
  })

  it('lists its commands', async () => {
    const { Subcommands } = JSON.parse((await call('/api/v0/commands')).text) as { Subcommands: { Name: string }[] }
    expect(Subcommands.map(({ Name }) => Name)).toEqual([
      'add',
      'bitswap',
      'block',
      'bootstrap',
      'cat',
      'commands',
      'config',
      'dag',
      'diag',
      'doctor',
      'get',
      'id',
      'log',
      'ls',
      'pin',
      'ping',
      'provide',
      'refs',
      'repo',
      'resolve',
      'routing',
      'shutdown',
      'stats',
      'swarm',
      'version'
    ])
  })

  it('ends the daemon and answers with nothing', async () => {
    expect(await call('/api/v0/shutdown')).toMatchObject({ status: 200, text: '' })
    expect(service.calls).toEqual([['shutdown']])
  })

  it('sends a block as it is', async () => {
    const { status, headers, text } = await call(`/api/v0/block/get?arg=${CID_TEXT}`)
    expect([status, text]).toEqual([200, 'block'])
    expect(headers).toMatchObject({
      'content-type': 'application/vnd.ipld.raw',
      'x-stream-output': '1',
      'x-content-length': '5',
      trailer: 'X-Stream-Error'
    })
  })

  it('stores blocks, one line each', async () => {
    const { headers, text } = await upload('/api/v0/block/put?cid-codec=dag-cbor&mhtype=blake3', { a: 'one', b: 'two' })
    expect(text).toBe(`{"Key":"${CID_TEXT}","Size":3}\n{"Key":"${CID_TEXT}","Size":3}\n`)
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-chunked-output': '1' })
    expect(service.calls).toEqual([
      ['blockPut', 'one', 'dag-cbor', 'blake3', undefined],
      ['blockPut', 'two', 'dag-cbor', 'blake3', undefined]
    ])
  })

  it.each([
    ['v0', ['blockPut', 'x', 'dag-pb', 'sha2-256', 0]],
    ['protobuf', ['blockPut', 'x', 'dag-pb', 'sha2-256', undefined]],
    ['cbor', ['blockPut', 'x', 'dag-cbor', 'sha2-256', undefined]],
    ['raw', ['blockPut', 'x', 'raw', 'sha2-256', undefined]]
  ])('knows the old block format %s', async (format, expected) => {
    await upload(`/api/v0/block/put?format=${format}`, { a: 'x' })
    expect(service.calls).toEqual([expected])
  })

  it('removes blocks, one line each, and tells which it could not', async () => {
    const { status, text } = await call(`/api/v0/block/rm?arg=${CID_TEXT}&arg=${MISSING}`)
    const error = `{"Hash":"${MISSING}","Error":"ipld: could not find ${MISSING}"}\n`
    expect([status, text]).toEqual([200, `{"Hash":"${CID_TEXT}"}\n${error}`])
    expect((await call(`/api/v0/block/rm?q=true&arg=${CID_TEXT}&arg=${MISSING}`)).text).toBe(error)
  })

  it('adds files and folders, sizes as texts', async () => {
    const { text } = await upload('/api/v0/add?progress=true&cid-version=0&chunker=size-1000&w=1', { 'dir/ä': 'abc' })
    expect(text).toBe(`{"Name":"dir/ä","Bytes":3}\n{"Name":"dir/ä","Hash":"${CID_TEXT}","Size":"3"}\n`)
    const options = {
      cidVersion: 0,
      rawLeaves: false,
      chunkBytes: 1_000,
      wrap: true,
      progress: true,
      concurrency: 1,
      pin: true,
      onlyHash: false,
      attributes: {},
      preserveMode: false,
      preserveMtime: false
    }
    expect(service.calls).toEqual([['add', false, options]])
  })

  it.each([
    ['hash=blake3&trickle=true', { hash: 'blake3', layout: 'trickle' }],
    ['inline=true', { inlineBytes: 32 }],
    ['inline=true&inline-limit=0', { inlineBytes: 0 }],
    ['inline-limit=64', { inlineBytes: undefined }],
    ['max-file-links=8&max-hamt-fanout=64', { maxFileLinks: 8, hamtFanout: 64 }],
    ['max-file-links=0', { maxFileLinks: undefined }],
    ['mode=0640', { attributes: { mode: 0o640 } }],
    ['mode=416&mtime=-5&mtime-nsecs=7', { attributes: { mode: 0o640, mtime: { seconds: -5, nanoseconds: 7 } } }],
    ['preserve-mode=true&preserve-mtime=1', { preserveMode: true, preserveMtime: true }]
  ])('adds as asked for by %s', async (query, options) => {
    await upload(`/api/v0/add?${query}`, { a: '1' })
    expect(service.calls[0]?.[2]).toMatchObject(options)
  })

  it.each([
    ['mode=rwx', 'Could not convert value \"rwx\" to type'],
    ['mtime-nsecs=1', 'requires \\"mtime\\"'],
    ['mtime=1&mtime-nsecs=1000000000', 'from 0 to 999999999'],
    ['cid-version=2', 'unknown CID version: 2']
  ])('refuses to add with %s', async (query, message) => {
    const { status, text } = await upload(`/api/v0/add?${query}`, { a: '1' })
    expect([status, text]).toEqual([400, expect.stringContaining(message)])
  })

  it('adds with CIDs of version 1 and raw leaves when nothing else is asked for', async () => {
    await upload('/api/v0/add', { a: '1', b: '2' })
    expect(service.calls[0]?.[2]).toMatchObject({
      cidVersion: 1,
      rawLeaves: true,
      chunkBytes: 262_144,
      progress: false
    })
    expect(service.uploads).toEqual([
      { path: 'a', content: '1' },
      { path: 'b', content: '2' }
    ])
  })

  it.each([
    ['quieter', `{"Name":"b","Hash":"${CID_TEXT}","Size":"1"}\n`],
    ['silent', '']
  ])('add can be %s', async (option, expected) => {
    expect((await upload(`/api/v0/add?${option}=true`, { a: '1', b: '2' })).text).toBe(expected)
  })

  it('prints a file, or a part of it, from whom it was told', async () => {
    const { text, headers } = await call('/api/v0/cat?arg=/ipfs/x/y&o=1&l=2&offline=true&from=/ip4/1&from=/ip4/2')
    expect(text).toBe('hello world')
    expect(headers).toMatchObject({ 'content-type': 'text/plain', 'x-content-length': '11' })
    expect(service.calls).toEqual([['cat', '/ipfs/x/y', 1, 2, true, ['/ip4/1', '/ip4/2']]])
  })

  it('tells of a failure after its first byte in a trailer', async () => {
    const { status, text, trailers } = await call('/api/v0/cat?arg=half')
    expect([status, text]).toEqual([200, 'hello'])
    expect(trailers).toEqual({ 'x-stream-error': 'the disk is gone' })
  })

  it('tells of a failure while files are coming in a trailer, too', async () => {
    const { text, trailers } = await upload('/api/v0/add', { a: '1', bad: '2' })
    expect(text).toBe(`{"Name":"a","Hash":"${CID_TEXT}","Size":"1"}\n`)
    expect(trailers).toEqual({ 'x-stream-error': 'the disk is full' })
  })

  it('sends a tree as a tar archive', async () => {
    const { headers, text } = await call(`/api/v0/get?arg=${CID_TEXT}`)
    expect(headers).toMatchObject({ 'content-type': 'application/x-tar', 'x-content-length': '5' })
    expect(text).toContain('root/a')
    expect(text.length % 512).toBe(0)
  })

  it.each([
    ['block/get', 'argument "cid" is required'],
    ['block/put', "file argument 'data' is required"],
    ['add', "file argument 'path' is required"],
    ['cat', 'argument "ipfs-path" is required'],
    ['bitswap/ledger', 'argument "peer" is required'],
    [`ls?arg=x&offline=perhaps`, 'Could not convert value "perhaps" to type "bool" (for option "-offline")'],
    ['version?timeout=soon', 'time: invalid duration "soon" (for option "-timeout")']
  ])('%s makes no sense: 400 and a text', async (path, message) => {
    const { status, headers, text } = await call(`/api/v0/${path}`)
    expect([status, headers['content-type'], text]).toEqual([400, 'text/plain', message])
  })

  it.each(['block/put', 'add'])('%s without a file in its upload is refused', async (path) => {
    expect(await upload(`/api/v0/${path}`, {})).toMatchObject({ status: 400 })
  })

  it.each([
    ['add?chunker=rabin', 'unrecognized chunker option: rabin: expected size-<bytes>, as size-262144'],
    ['add?cid-version=2', 'unknown CID version: 2'],
    ...['nocopy', 'fscache', 'to-files', 'max-directory-links'].map((option) => [
      `add?${option}=1`,
      `the option ${option} is not supported here: leave it out`
    ]),
    ['add?empty-dirs=false', 'empty folders are always added: leave out empty-dirs'],
    ['block/put?mhlen=20', 'digests are never cut short here: leave out mhlen']
  ])('%s is not offered, and says so', async (path, Message) => {
    const { status, text } = await upload(`/api/v0/${path}`, { a: '1' })
    expect([status, JSON.parse(text)]).toEqual([400, { Message, Code: 1, Type: 'error' }])
  })

  it('takes what it cannot do when that is not asked for', async () => {
    const { status } = await upload('/api/v0/add?nocopy=false&fscache=false&pin=true&empty-dirs=true', { a: 'x' })
    expect(status).toBe(200)
  })

  it('writes CIDs in the base that is asked for', async () => {
    const cid = CID.parse(CID_TEXT)
    const [short, upper] = [cid.toString(base36), cid.toString(base32upper)]
    const { text } = await upload('/api/v0/add?cid-base=base36&progress=false', { a: 'x' })
    expect(JSON.parse(text)).toMatchObject({ Hash: short })
    expect(JSON.parse((await upload('/api/v0/block/put?cid-base=k', { a: 'x' })).text)).toMatchObject({ Key: short })
    const wrong = await call(`/api/v0/block/stat?arg=${CID_TEXT}&cid-base=base0`)
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('multibase encoding: base0: expected')])
    const read = async (path: string): Promise<unknown> =>
      JSON.parse((await call(`/api/v0/${path}?arg=${CID_TEXT}&cid-base=base32upper`)).text)
    expect(await read('block/stat')).toMatchObject({ Key: upper })
    expect(await read('block/rm')).toEqual({ Hash: upper })
    expect(await read('ls')).toMatchObject({
      Objects: [{ Links: [{ Hash: upper }, { Hash: upper }, { Hash: upper }] }]
    })
  })

  it('refuses a path that leads out of its folder', async () => {
    expect(await upload('/api/v0/add', { 'a/../../b': 'x' })).toMatchObject({
      status: 400,
      text: 'the file name "a/../../b" leads out of its folder'
    })
  })

  it('tells of a command that failed with 500 and an object', async () => {
    const { status, text } = await call('/api/v0/swarm/connect?arg=/bad')
    const Message = `connect ${PEER_TEXT} failure: nobody is there`
    expect([status, JSON.parse(text)]).toEqual([500, { Message, Code: 0, Type: 'error' }])
  })

  it.each(['/api/v0/nothing', '/api/v0/files/ls', '/', '/api/v1/version', '/webui'])('%s is not here', async (path) => {
    expect(await call(path)).toMatchObject({ status: 404, text: '404 page not found' })
  })

  it.each([
    ['GET', {}, 405],
    ['OPTIONS', {}, 204],
    ['POST', { Origin: 'https://evil.example' }, 403],
    ['POST', { Host: 'evil.example' }, 403],
    ['POST', { 'User-Agent': 'Mozilla/5.0' }, 403]
  ])('%s with %o is answered with %i, and nothing is done', async (method, headers, status) => {
    expect((await call('/api/v0/shutdown', { method, headers })).status).toBe(status)
    expect(service.calls).toEqual([])
  })

  it('waits for a missing block until its time is up', async () => {
    const { status, text } = await call(`/api/v0/block/get?arg=${MISSING}&timeout=50ms`)
    expect([status, JSON.parse(text)]).toEqual([500, { Message: 'context deadline exceeded', Code: 0, Type: 'error' }])
  })

  it('stops waiting when its caller hangs up', async () => {
    const outgoing = send(`/api/v0/block/get?arg=${MISSING}`)
    outgoing.on('error', () => undefined)
    outgoing.on('finish', () => setImmediate(() => outgoing.destroy()))
    expect(await service.gaveUp.promise).toMatchObject({ name: 'AbortError' })
  })

  it('says offline that a block is missing', async () => {
    const { status, text } = await call(`/api/v0/block/get?arg=${MISSING}&offline=true`)
    expect(status).toBe(500)
    expect(text).toContain(`block was not found locally (offline): ipld: could not find ${MISSING}`)
  })

  it.each(['keep-alive', 'close'])(
    'lets a caller that is still sending read why it was refused (%s)',
    async (Connection) => {
      const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
      const body = Buffer.concat([Buffer.from(start), Buffer.alloc(32 * 1024 * 1024)])
      const headers = { Connection, 'Content-Type': 'multipart/form-data; boundary=b' }
      const { status, text } = await call('/api/v0/add?nocopy=true', { headers, body })
      expect([status, text]).toEqual([400, expect.stringContaining('nocopy is not supported here')])
    }
  )

  it('hangs up on a body that no command takes', async () => {
    const outgoing = send(`/api/v0/block/get?arg=${MISSING}`, { body: Buffer.alloc(200_000) })
    // The first one is expected below; a write and a read may both fail.
    outgoing.on('error', () => undefined)
    await expect(once(outgoing, 'response')).rejects.toThrow()
  })

  it('refuses headers without end', async () => {
    const { status } = await call('/api/v0/version', { headers: { 'X-Long': 'x'.repeat(20_000) } })
    expect(status).toBe(431)
  })

  it('survives garbage', async () => {
    const socket = connect(address.port, address.host)
    socket.resume()
    socket.end('\x16\x03\x01 this is not HTTP\r\n\r\n')
    await once(socket, 'close')
    expect((await call('/api/v0/version')).status).toBe(200)
  })

  it('asks for a token where other machines may call', async () => {
    await expect(
      new ApiServer({ service, version: '0', access: OPEN_ACCESS }).start({ host: '0.0.0.0', port: 0 })
    ).rejects.toThrow('set API.RequireToken to true, or Addresses.API to a loopback address')
  })

  it('ends what is under way when it stops', async () => {
    const answer = call(`/api/v0/block/get?arg=${MISSING}`)
    await call('/api/v0/version')
    const [{ status, text }] = await Promise.all([answer, server.stop()])
    expect(status).toBe(500)
    expect(text).toContain('the daemon is shutting down')
  })
})
