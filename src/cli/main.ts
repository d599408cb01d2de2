#!/usr/bin/env node
// Nothing is imported before the version is known: an older Node may not even parse what follows.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`Error: barter needs Node.js 22.12 or newer, and this is ${process.versions.node}\n`)
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

export {}
