/**
 * One peer stores a folder; a second peer, in a process of its own, fetches it over loopback; every byte is compared, and
 * so are the ledgers of the two.
 * Run it: npm run demo
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatBytes } from '../../src/api/formats/byte-size.ts'
import { findFiles } from '../../src/cli/find-files.ts'
import { ProgressBar } from '../../src/cli/progress-bar.ts'
import type { LedgerView } from '../../src/exchange.ts'
import { weighBuffersWithHeap } from '../../src/node/buffer-accounting.ts'
import { createPeer, type Peer } from '../../src/node/peer.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { compareFolders } from './compare-folders.ts'
import { makeSampleFolder } from './sample-folder.ts'

weighBuffersWithHeap()

/** What the second process tells when it has the folder. */
export interface Fetched {
  readonly peer: string
  readonly milliseconds: number
  readonly ledger: LedgerView
}

const directory = await mkdtemp(join(tmpdir(), 'barter-demo-'))
try {
  await demo()
} finally {
  await rm(directory, { recursive: true, force: true })
}
// The libraries leave timers behind that would hold up the shell.
process.exit(process.exitCode ?? 0)

async function demo(): Promise<void> {
  const original = join(directory, 'original')
  const { files, bytes, bytesAgain } = await makeSampleFolder(original)
  const again = `${formatBytes(bytesAgain)} of it twice, which is stored and sent once`
  console.log(`a folder of ${files} files, ${formatBytes(bytes)}, ${again}`)

  const repo = join(directory, 'alice')
  await initRepo(repo, { profile: 'test' })
  await using alice = await createPeer({ repo })
  const cid = await store(alice, original, bytes)
  const address = alice.libp2p.getMultiaddrs()[0]?.toString() ?? ''
  console.log(`alice serves ${cid}\n  at ${address}`)

  const copy = join(directory, 'copy')
  const fetched = await fetchElsewhere([join(directory, 'bob'), cid, address, copy])
  const seconds = fetched.milliseconds / 1_000
  console.log(
    `bob fetched it in ${seconds.toFixed(2)} s: ${formatBytes(bytes / seconds)}/s, every block stored and synced`
  )

  const compared = await compareFolders(original, copy)
  console.log(`compared ${compared.files} files, ${compared.bytes} bytes: all the same`)
  compareLedgers(alice.bitswap.ledger(fetched.peer), fetched.ledger)
}

async function store(alice: Peer, folder: string, bytes: number): Promise<string> {
  const found = await findFiles([folder], { recursive: true, hidden: true })
  const bar = new ProgressBar(bytes)
  const done = new Map<string, number>()
  const started = performance.now()
  let cid = ''
  for await (const event of alice.service.add(found.candidates(), { progress: true })) {
    if (event.type === 'added') cid = event.cid
    else bar.report([...done.set(event.path, event.bytes).values()].reduce((sum, one) => sum + one, 0))
  }
  bar.end()
  const seconds = (performance.now() - started) / 1_000
  console.log(`alice stored it in ${seconds.toFixed(2)} s: ${formatBytes(bytes / seconds)}/s, every block synced`)
  return cid
}

async function fetchElsewhere(args: string[]): Promise<Fetched> {
  const child = fork(fileURLToPath(new URL('fetch.ts', import.meta.url)), args, { stdio: 'inherit' })
  const ended = once(child, 'exit') as Promise<[code: number | null]>
  const told = once(child, 'message') as Promise<[Fetched]>
  const first = await Promise.race([told, ended.then(([code]) => [{ code }] as const)])
  if ('code' in first[0]) throw new Error(`the second peer ended with code ${first[0].code ?? 'none'}`)
  await ended
  return first[0]
}

function compareLedgers(alice: LedgerView | undefined, bob: LedgerView): void {
  const here = alice ?? { bytesSent: 0, bytesReceived: 0, debtRatio: 0, exchanges: 0 }
  for (const [name, { bytesSent, bytesReceived, debtRatio }] of Object.entries({ alice: here, bob })) {
    console.log(`${name}: sent ${bytesSent}, received ${bytesReceived}, debt ratio ${debtRatio.toFixed(6)}`)
  }
  const agree = here.bytesSent === bob.bytesReceived && here.bytesReceived === bob.bytesSent
  console.log(agree ? 'the two ledgers agree' : 'the two ledgers DISAGREE')
  if (!agree) process.exitCode = 1
}
