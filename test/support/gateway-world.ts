import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { onTestFinished } from 'vitest'
import type { GatewayOptions, GatewayPorts } from '../../src/gateway/gateway-ports.ts'
import { GatewayServer } from '../../src/gateway/gateway-server.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** False when the connection broke before the end. */
  readonly isWhole: boolean
}

/** A gateway on loopback over blocks in memory. */
export class GatewayWorld {
  readonly store = new MemoryBlockstore()
  readonly server: GatewayServer
  port = 0

  constructor(ports: Partial<GatewayPorts> = {}, options: Partial<GatewayOptions> = {}) {
    this.server = new GatewayServer({
      blocks: toBlockstorePort(this.store),
      serves: () => true,
      version: '0',
      ...ports,
      options
    })
  }

  async start(): Promise<this> {
    onTestFinished(() => this.server.stop())
    this.port = (await this.server.start({ host: '127.0.0.1', port: 0 })).port
    return this
  }

  async put(bytes: Uint8Array, codec = 0x55): Promise<CID> {
    const cid = CID.createV1(codec, await sha256.digest(bytes))
    await this.store.put(cid, bytes)
    return cid
  }

  /** Adds files by path; resolves with the CIDs of all that were made, by path, the root under ''. */
  async add(
    files: Readonly<Record<string, Uint8Array>>,
    { chunkBytes = 1024, sharded = false } = {}
  ): Promise<ReadonlyMap<string, CID>> {
    const made = new Map<string, CID>()
    const candidates = Object.entries(files).map(([path, content]) => ({ path, content }))
    const entries = importer(candidates, this.store, {
      chunker: fixedSize({ chunkSize: chunkBytes }),
      wrapWithDirectory: true,
      rawLeaves: true,
      cidVersion: 1,
      reduceSingleLeafToSelf: true,
      ...(sharded ? { shardSplitThresholdBytes: 0 } : {})
    })
    for await (const { path, cid } of entries) made.set(path ?? '', cid)
    return made
  }

  get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
    return fetchFrom(this.port, path, headers, method)
  }
}

/** One request, on a connection of its own. Nothing of the path is put right on the way. */
export async function fetchFrom(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET'
): Promise<Reply> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false })
  // A reset in the middle of the answer is told to both.
  request.on('error', () => undefined)
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  let isWhole = true
  try {
    for await (const part of response) parts.push(part as Buffer)
  } catch {
    isWhole = false
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts), isWhole }
}

/** What comes back for bytes sent as they are. */
export async function talk(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(text)
  let answer = ''
  for await (const part of socket) answer += String(part)
  return answer
}
