/** Blocks on a disk that has damaged some of them. */
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CID } from 'multiformats/cid'
import { createHashers } from '../../../src/hashing/hashers.ts'
import type { Random } from '../../../src/ports.ts'
import { DurableBlockstore } from '../../../src/storage/durable-blockstore.ts'
import { placeOf } from '../../../src/storage/layout.ts'
import type { SampleBlock } from '../../../src/testing/sample-blocks.ts'

/** Stores blocks as an earlier process would have. */
export async function storeFiles(directory: string, blocks: Iterable<SampleBlock>): Promise<void> {
  const store = await DurableBlockstore.open(directory, { hashers: await createHashers(), durability: 'fast' })
  for (const { cid, bytes } of blocks) await store.writeBlock(cid, bytes)
  await store.close()
}

/** What a disk does to one file, or to two. */
type Damage = (file: string, other: string) => Promise<void>

const DAMAGES: readonly Damage[] = [
  async (file) => {
    const bytes = await readFile(file)
    const at = bytes.length >> 1
    bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at)
    await writeFile(file, bytes)
  },
  async (file) => truncate(file, (await readFile(file)).length - 1),
  (file) => truncate(file, 0),
  (file) => writeFile(file, '?', { flag: 'a' }),
  async (file, other) => {
    const [one, two] = [await readFile(file), await readFile(other)]
    await writeFile(file, two)
    await writeFile(other, one)
  }
]

/** Damages so many of the blocks, chosen by chance: a bit, a byte less, nothing left, a byte more, contents swapped. */
export async function damageFiles(
  directory: string,
  blocks: readonly SampleBlock[],
  count: number,
  random: Random
): Promise<SampleBlock[]> {
  const chosen = new Set<SampleBlock>()
  while (chosen.size < count) {
    const block = blocks[Math.floor(random.next() * blocks.length)]
    if (block !== undefined) chosen.add(block)
  }
  const damaged = [...chosen]
  for (let at = 0; at < damaged.length;) {
    const [block, other] = damaged.slice(at)
    const kind = Math.floor(random.next() * (other === undefined ? DAMAGES.length - 1 : DAMAGES.length))
    if (block !== undefined)
      await DAMAGES[kind]?.(fileOf(directory, block.cid), fileOf(directory, (other ?? block).cid))
    at += kind === DAMAGES.length - 1 ? 2 : 1
  }
  return damaged
}

function fileOf(directory: string, cid: CID): string {
  const place = placeOf(cid)
  if (place === undefined) throw new Error('no place')
  return join(directory, place.directory, place.file)
}
