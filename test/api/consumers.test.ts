/** The calls that programs make which drive a Kubo node, in their words, on a daemon of ours. */
import { describe, expect, it } from 'vitest'
import { openDaemon } from '../support/open-daemon.ts'

interface Answer {
  readonly status: number
  /** The JSON values of the answer, one a line; undefined when it is no JSON. */
  readonly values: readonly unknown[] | undefined
  readonly text: string
}

/** Of the two bytes "hi". */
const CID = 'bafkreiepinbumzepnoln7co5vea4kf3lcctnqolb3u6bvsellgznymt2uq'

async function post(url: string, path: string, body?: FormData): Promise<Answer> {
  const response = await fetch(`${url}/api/v0/${path}`, {
    method: 'POST',
    headers: { 'User-Agent': 'Go-http-client/1.1' },
    ...(body && { body })
  })
  const text = await response.text()
  const lines = text.split('\n').filter((line) => line !== '')
  const isJson = response.headers.get('content-type') === 'application/json'
  return { status: response.status, text, values: isJson ? lines.map((line): unknown => JSON.parse(line)) : undefined }
}

function upload(content: string): FormData {
  const form = new FormData()
  form.append('file', new Blob([content]), 'file')
  return form
}

interface Call {
  readonly path: string
  readonly body?: string
  /** The values of the answer, or its text when it is no JSON. */
  readonly expected: unknown
  readonly status?: number
}

const anyText: unknown = expect.any(String)
const anyNumber: unknown = expect.any(Number)

/** Calls one after the other; `address` and `id` are those of another peer. */
const CONSUMERS: Readonly<Record<string, (address: string, id: string) => readonly Call[]>> = {
  'ipfs-cluster': (address, id) => [
    { path: 'id', expected: [expect.objectContaining({ ID: anyText, Addresses: expect.any(Array) as unknown })] },
    { path: `swarm/connect?arg=${address}`, expected: [{ Strings: [`connect ${id} success`] }] },
    { path: 'swarm/peers', expected: [{ Peers: [expect.objectContaining({ Peer: id, Addr: anyText })] }] },
    { path: 'block/put?cid-codec=raw&mhtype=sha2-256&mhlen=-1', body: 'hello world\n', expected: expect.anything() },
    { path: 'block/put?format=raw', body: 'hello', expected: [{ Key: anyText, Size: 5 }] },
    { path: 'block/put', body: 'hi', expected: [{ Key: CID, Size: 2 }] },
    { path: `block/get?arg=${CID}`, expected: 'hi' },
    {
      path: `pin/add?arg=${CID}&recursive=true&progress=true`,
      expected: expect.arrayContaining([expect.objectContaining({ Pins: [CID] })])
    },
    {
      path: 'pin/ls?type=recursive&stream=true',
      expected: expect.arrayContaining([expect.objectContaining({ Cid: CID, Type: 'recursive' })])
    },
    {
      path: `pin/ls?arg=${CID}&type=recursive`,
      expected: [{ Keys: { [CID]: expect.objectContaining({ Type: 'recursive' }) as unknown } }]
    },
    { path: `pin/update?arg=${CID}&arg=${CID}&unpin=false`, expected: [{ Pins: [CID, CID] }] },
    { path: `pin/rm?arg=${CID}`, expected: [{ Pins: [CID] }] },
    {
      path: `pin/rm?arg=${CID}`,
      status: 500,
      expected: [{ Message: expect.stringContaining('not pinned') as unknown, Code: 0, Type: 'error' }]
    },
    {
      path: 'config/show',
      expected: [expect.objectContaining({ Datastore: expect.objectContaining({ StorageMax: anyText }) as unknown })]
    },
    {
      path: 'repo/stat?size-only=true',
      expected: [expect.objectContaining({ RepoSize: anyNumber, StorageMax: anyNumber })]
    },
    { path: `resolve?arg=/ipfs/${CID}`, expected: [{ Path: `/ipfs/${CID}` }] },
    { path: 'repo/gc?stream-errors=true', expected: expect.arrayContaining([{ Key: { '/': CID } }]) }
  ],
  'the WebUI': (address, id) => [
    { path: `swarm/connect?arg=${address}`, expected: [{ Strings: [`connect ${id} success`] }] },
    {
      path: 'swarm/peers?verbose=true&identify=true&timeout=10s',
      expected: [
        {
          Peers: [
            expect.objectContaining({
              Direction: 2,
              Latency: anyText,
              Streams: expect.any(Array) as unknown,
              Identify: expect.objectContaining({
                AgentVersion: expect.stringContaining('barter/') as unknown
              }) as unknown
            })
          ]
        }
      ]
    },
    {
      path: 'stats/bw',
      expected: [{ TotalIn: anyNumber, TotalOut: anyNumber, RateIn: anyNumber, RateOut: anyNumber }]
    },
    { path: `stats/bw?peer=${id}`, expected: [expect.objectContaining({ TotalIn: anyNumber })] },
    {
      path: 'repo/stat?human=false',
      expected: [expect.objectContaining({ NumObjects: anyNumber, RepoPath: anyText })]
    },
    {
      path: 'id',
      expected: [expect.objectContaining({ AgentVersion: expect.stringContaining('barter/') as unknown })]
    },
    {
      path: 'version',
      expected: [expect.objectContaining({ Version: expect.stringMatching(/^0\.\d+\.\d+\+barter/u) as unknown })]
    },
    {
      path: 'config/show',
      expected: [expect.not.objectContaining({ Identity: expect.objectContaining({ PrivKey: anyText }) as unknown })]
    },
    { path: 'provide/stat', expected: [expect.objectContaining({ FullRT: false })] },
    { path: 'log/ls', expected: [{ Strings: expect.any(Array) as unknown }] },
    { path: 'log/level', expected: [{ Levels: expect.objectContaining({ '(default)': anyText }) as unknown }] },
    { path: 'files/stat?arg=/', status: 404, expected: '404 page not found' }
  ],
  'what Nabu serves': () => [
    { path: 'id', expected: [expect.objectContaining({ ID: anyText })] },
    { path: 'block/put?format=raw', body: 'hi', expected: [{ Key: anyText, Size: 2 }] },
    { path: `block/stat?arg=${CID}`, expected: [{ Key: CID, Size: 2 }] },
    { path: `block/get?arg=${CID}`, expected: 'hi' },
    { path: 'refs/local', expected: [{ Ref: CID, Err: '' }] },
    { path: `block/rm?arg=${CID}`, expected: [{ Hash: CID }] },
    { path: `block/rm?arg=${CID}&force=true`, expected: expect.anything() }
  ]
}

describe.each(Object.entries(CONSUMERS))('%s', (_name, callsOf) => {
  it('gets what it reads', async () => {
    const [one, other] = [await openDaemon(), await openDaemon()]
    const [address = ''] = await other.daemon.peer.service.swarmLocalAddresses({ id: true })
    for (const { path, body, expected, status = 200 } of callsOf(address, other.id)) {
      const answer = await post(one.url, path, body === undefined ? undefined : upload(body))
      expect([path, answer.status, answer.values ?? answer.text]).toEqual([path, status, expected])
    }
  }, 60_000)
})
