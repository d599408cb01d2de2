import { oneChunk } from '../../src/api/formats/collect.ts'
import type { AddCandidate } from '../../src/api/service/peer-service.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { MemoryDatastore } from 'datastore-core'
import { openKeeping } from '../../src/node/keeping/keeping.ts'
import { LocalContent } from '../../src/node/service/local-content.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

/** Files and blocks over a store in memory, without a network. */
export async function memoryContent(): Promise<{ content: LocalContent; blockstore: MemoryBlockstore }> {
  const blockstore = new MemoryBlockstore()
  const keeping = openKeeping(blockstore, toBlockstorePort(blockstore), new MemoryDatastore())
  const blocks = toBlockstorePort(keeping.blocks)
  const hashers = await createHashers()
  const content = new LocalContent({ blockstore: keeping.blocks, blocks, keeping, hashers, exchange: undefined })
  return { content, blockstore }
}

/** Files by path. A path that ends in `/` is a folder, a content that begins with `-> ` the target of a link. */
export async function* candidatesOf(
  files: Readonly<Record<string, string | Uint8Array>>
): AsyncGenerator<AddCandidate> {
  for (const [path, content] of Object.entries(files)) {
    await Promise.resolve()
    if (path.endsWith('/')) yield { type: 'folder', path: path.slice(0, -1) }
    else if (typeof content === 'string' && content.startsWith('-> ')) {
      yield { type: 'link', path, target: content.slice(3) }
    } else yield { type: 'file', path, content: oneChunk(Buffer.from(content)) }
  }
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const value of values) list.push(value)
  return list
}
