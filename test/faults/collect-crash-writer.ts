/**
 * A process that adds files, some pinned, some not, and removes what nobody keeps, all at once, until it is killed.
 * It says what was acknowledged: `pin <number> <cid>`, and `gone <number>` for what was removed. Arguments: the repo,
 * and the first number.
 */
import { writeSync } from 'node:fs'
import { oneChunk } from '../../src/api/formats/collect.ts'
import type { AddCandidate } from '../../src/api/service/peer-service.ts'
import { openOffline } from '../../src/node/service/open-offline.ts'
import { crashBlock } from './storage-crash-block.ts'

const [root = '', first = '0'] = process.argv.slice(2)
const { service } = await openOffline(root, () => undefined)
let next = Number(first)

async function* file(number: number): AsyncGenerator<AddCandidate> {
  yield { type: 'folder', path: 'd' }
  const content = oneChunk(crashBlock(number).bytes)
  yield await Promise.resolve({ type: 'file' as const, path: `d/${number}`, content })
}

async function write(): Promise<never> {
  for (;;) {
    const number = next++
    const pin = number % 3 !== 0
    let cid = ''
    for await (const event of service.add(file(number), { pin })) if (event.type === 'added') cid = event.cid
    if (pin) writeSync(1, `pin ${number} ${cid}\n`)
  }
}

async function collect(): Promise<never> {
  for (;;) {
    let removed = 0
    for await (const event of service.contents.store.collect()) {
      if (event.type === 'failed') throw new Error(event.error)
      // In the middle.
      if (removed++ % 8 === 0) writeSync(1, `gone ${removed}\n`)
    }
  }
}

await Promise.all([collect(), ...Array.from({ length: 4 }, write)])
