/**
 * One server of the comparison, as a process of its own: `gateway` or `bare`, over the same blocks, in memory or in files.
 * Prints its port, and ends with its input.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { GatewayServer } from '../../src/gateway/gateway-server.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import type { Blockstore } from '../../src/ports.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { DurableBlockstore } from '../../src/storage/durable-blockstore.ts'
import { placeOf } from '../../src/storage/layout.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'

const [, , kind = '', where = '', directory = '', bytesText = '', countText = ''] = process.argv
const blocks = Array.from({ length: Number(countText) }, (_, index) => numberedBlock(index, Number(bytesText)))

async function openStore(): Promise<Blockstore> {
  if (where === 'memory') {
    const memory = new MemoryBlockstore()
    for (const { cid, bytes } of blocks) memory.writeBlock(cid, bytes)
    return toBlockstorePort(memory)
  }
  const store = await DurableBlockstore.open(join(directory, 'blocks'), { hashers: await createHashers() })
  for (const { cid, bytes } of blocks) await store.writeBlock(cid, bytes)
  return toBlockstorePort(store)
}

async function startGateway(): Promise<number> {
  const gateway = new GatewayServer({ blocks: await openStore(), serves: () => true, version: '0' })
  return (await gateway.start({ host: '127.0.0.1', port: 0 })).port
}

/** No more than it takes: a look-up by path, the bytes, their length. */
async function startBare(): Promise<number> {
  const byPath = new Map<string, { readonly bytes: Uint8Array; readonly path: string | undefined }>(
    blocks.map(({ cid, bytes }) => {
      const place = placeOf(cid)
      const inFile = where === 'memory' || place === undefined ? undefined : place
      const path = inFile && join(directory, 'blocks', inFile.directory, inFile.file)
      return [`/ipfs/${cid.toString()}?format=raw`, { bytes, path }] as const
    })
  )
  const server = createServer((request, response) => {
    const found = byPath.get(request.url ?? '')
    const send = (bytes: Uint8Array): void =>
      void response.writeHead(200, { 'Content-Length': bytes.byteLength }).end(bytes)
    if (found === undefined) response.writeHead(404).end()
    else if (found.path === undefined) send(found.bytes)
    else readFile(found.path).then(send, () => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

console.log(kind === 'gateway' ? await startGateway() : await startBare())
process.stdin.resume().on('end', () => process.exit(0))
