#!/usr/bin/env node
import { oldNode } from '../supported-node.ts'

// Nothing else is imported before the version is known: an older Node may not even parse what follows.
const complaint = oldNode(process.versions.node)
if (complaint !== undefined) {
  process.stderr.write(`Error: ${complaint}\n`)
  process.exit(1)
}

// Writes wait for the disk in threads, and those that wait together share a commit of its journal: the usual four are few.
// More than these gain nothing, and get into each other's way.
process.env['UV_THREADPOOL_SIZE'] ??= '32'

const { weighBuffersWithHeap } = await import('../node/buffer-accounting.ts')
weighBuffersWithHeap()
const { runCli } = await import('./run.ts')
const code = await runCli(process.argv.slice(2))

// All work is done and all stores are closed; timers that libraries leave behind must not hold up the shell.
process.exit(code)
