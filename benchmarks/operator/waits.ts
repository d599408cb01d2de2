/**
 * What a user of the command line waits for, and what a large CAR file costs in memory.
 *
 *   node benchmarks/operator/waits.ts [--rounds 15] [--blocks 100000] [--mib 1024] [--json]
 *
 * Milliseconds are those of a whole command, from its start to its end, medians of the rounds.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs, promisify } from 'node:util'
import { NodeHashers } from '../../src/hashing/hashers.ts'
import { DurableBlockstore } from '../../src/storage/durable-blockstore.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    blocks: { type: 'string', default: '100000' },
    mib: { type: 'string', default: '1024' },
    barter: { type: 'string', default: join(import.meta.dirname, '../../dist/cli/main.js') },
    json: { type: 'boolean', default: false }
  }
})

const run = promisify(execFile)
const MIB = 1024 * 1024
/** Blocks written side by side while the repo is filled. */
const FILL_WINDOW = 64
const BLOCK_BYTES = 4 * 1024

const base = mkdtempSync(join(process.env['BARTER_BENCH_DIR'] ?? tmpdir(), 'barter-waits-'))
const root = join(base, 'repo')
const env = { PATH: process.env['PATH'], HOME: base, BARTER_PATH: root }
const running: ChildProcess[] = []

async function barter(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [values.barter, ...args], { env, maxBuffer: 64 * MIB })
  return stdout
}

async function timed(program: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await program()
  return performance.now() - started
}

function median(series: readonly number[]): number {
  return [...series].sort((a, b) => a - b)[Math.floor(series.length / 2)] ?? NaN
}

/** In turn, so that a slow moment of the machine meets all. */
async function medians<Name extends string>(
  programs: Readonly<Record<Name, () => Promise<unknown>>>
): Promise<Record<Name, number>> {
  const names = Object.keys(programs) as Name[]
  const series = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const name of names) series.get(name)?.push(await timed(programs[name]))
  }
  return Object.fromEntries(names.map((name) => [name, median(series.get(name) ?? [])])) as Record<Name, number>
}

async function fill(count: number): Promise<string> {
  const store = await DurableBlockstore.open(join(root, 'blocks'), { hashers: new NodeHashers(), durability: 'fast' })
  let next = 0
  const writer = async (): Promise<void> => {
    while (next < count) {
      const { cid, bytes } = numberedBlock((next += 1), BLOCK_BYTES)
      await store.writeBlock(cid, bytes)
    }
  }
  await Promise.all(Array.from({ length: FILL_WINDOW }, writer))
  await store.close()
  return numberedBlock(1, BLOCK_BYTES).cid.toString()
}

async function startDaemon(): Promise<ChildProcess> {
  const daemon = spawn(process.execPath, [values.barter, 'daemon'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(daemon)
  for await (const line of createInterface(daemon.stdout)) {
    if (line !== 'Daemon is ready') continue
    daemon.stdout.resume()
    return daemon
  }
  throw new Error('the daemon did not start')
}

async function stop(daemon: ChildProcess): Promise<void> {
  daemon.kill('SIGTERM')
  if (daemon.exitCode === null) await once(daemon, 'exit')
}

/** Peak and present resident memory of a process, in MiB. */
function residentOf(daemon: ChildProcess): { readonly peak: number; readonly now: number } {
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'latin1')
  const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
  return { peak: field('VmHWM'), now: field('VmRSS') }
}

async function carMemory(): Promise<Record<string, number>> {
  const source = join(base, 'source')
  const archive = join(base, 'archive.car')
  for (let written = 0; written < Number(values.mib); written += 64) {
    await writeFile(source, randomBytes(64 * MIB), { flag: 'a' })
  }
  const daemon = await startDaemon()
  const cid = (await barter('add', '-Q', '--cid-version=1', source)).trim()
  await stop(daemon)
  const exporting = await startDaemon()
  const atStart = residentOf(exporting).now
  await run('/bin/sh', ['-c', `"$0" "$1" dag export "$2" > "$3"`, process.execPath, values.barter, cid, archive], {
    env
  })
  const exportPeak = residentOf(exporting).peak
  await stop(exporting)
  const importing = await startDaemon()
  await barter('dag', 'import', archive)
  const importPeak = residentOf(importing).peak
  await stop(importing)
  return { atStart, exportPeak, importPeak, carMiB: statSync(archive).size / MIB }
}

try {
  await barter('init', '--profile', 'test')
  const cid = await fill(Number(values.blocks))
  const ready: number[] = []
  for (let round = 0; round < Math.min(5, Number(values.rounds)); round += 1) {
    ready.push(await timed(startDaemon))
    await stop(running.at(-1) as ChildProcess)
  }
  const daemon = await startDaemon()
  const commands = await medians({
    'bare node': () => run(process.execPath, ['-e', '0']),
    'barter --help': () => barter('--help'),
    'barter block get': () => barter('block', 'get', cid)
  })
  await stop(daemon)
  const result = { readyMs: median(ready), commands, resident: await carMemory() }
  if (values.json) console.log(JSON.stringify(result))
  else {
    console.log(`daemon ready with ${values.blocks} blocks: ${result.readyMs.toFixed(0)} ms`)
    for (const [name, ms] of Object.entries(commands)) console.log(`${name}: ${ms.toFixed(0)} ms`)
    for (const [name, mib] of Object.entries(result.resident)) console.log(`car ${name}: ${mib.toFixed(0)} MiB`)
  }
} finally {
  for (const daemon of running) if (daemon.exitCode === null && daemon.signalCode === null) daemon.kill('SIGTERM')
  rmSync(base, { recursive: true, force: true })
}
