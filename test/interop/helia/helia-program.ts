/**
 * The Helia of the interop tests, in a process of its own. Driven as the Boxo peer is: calls on stdin, answers on stdout,
 * one JSON object a line; see boxo/main.go. The end of stdin ends it.
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { ForeignStart } from '../foreign-peer.ts'
import { type Asked, heliaCalls } from './helia-calls.ts'
import { startHeliaNode } from './helia-node.ts'

const { values } = parseArgs({ options: { start: { type: 'string', default: '{}' } } })
const node = await startHeliaNode(JSON.parse(values.start) as ForeignStart)
const calls = heliaCalls(node)
const running = new Map<number, AbortController>()

function write(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

async function run(asked: Asked): Promise<void> {
  const { id, call } = asked
  const controller = new AbortController()
  running.set(id, controller)
  try {
    const found = calls[call]
    if (found === undefined) throw new Error(`unknown call "${call}"`)
    const ok = await found(asked, { signal: controller.signal, part: (part) => write({ id, part }) })
    write({ id, ok: ok ?? {} })
  } catch (error) {
    write({ id, error: String(error) })
  } finally {
    running.delete(id)
  }
}

write({
  id: 0,
  ok: {
    name: `helia ${node.helia.info.version}`,
    id: node.libp2p.peerId.toString(),
    addresses: node.libp2p.getMultiaddrs().map((address) => address.toString())
  }
})
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as Asked
  if (asked.call === 'abort') running.get(asked.target ?? 0)?.abort()
  else void run(asked)
}
process.exit(0)
