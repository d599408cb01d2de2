/**
 * A process that puts blocks with 16 writers until it is killed, and says which were acknowledged: one number a line.
 * Arguments: the directory, and the number of the first block.
 */
import { writeSync } from 'node:fs'
import { createHashers } from '../../src/hashing/hashers.ts'
import { DurableBlockstore } from '../../src/storage/durable-blockstore.ts'
import { crashBlock } from './storage-crash-block.ts'

const [directory = '', first = '0'] = process.argv.slice(2)
const store = await DurableBlockstore.open(directory, { hashers: await createHashers() })
let next = Number(first)

async function write(): Promise<never> {
  for (;;) {
    const number = next++
    const { cid, bytes } = crashBlock(number)
    await store.writeBlock(cid, bytes)
    writeSync(1, `${number}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, write))
