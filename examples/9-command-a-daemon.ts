/**
 * A program commands a daemon that runs elsewhere: it stores a file, reads a part of it, and is told what went wrong. The
 * daemon is started here, in a repo of its own; yours may run on any machine.
 * Run it: node examples/9-command-a-daemon.ts
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { openClient } from '../src/client/create-client.ts'

const repo = await mkdtemp(join(tmpdir(), 'barter-example-'))
const main = new URL('../src/cli/main.ts', import.meta.url).pathname
const daemon = spawn(process.execPath, [main, '--repo-dir', repo, 'daemon', '--init', '--init-profile', 'test'])
for await (const line of createInterface(daemon.stdout)) if (line === 'Daemon is ready') break
daemon.stdout.resume()

// Reads where the daemon listens, and its token. For one elsewhere: createClient({ api: 'http://host:5001', token }).
const client = await openClient(repo)

const note = { type: 'file' as const, path: 'note.txt', content: Readable.from([Buffer.from('a note for the daemon')]) }

let cid = ''
for await (const event of client.add(Readable.from([note]))) if (event.type === 'added') cid = event.cid
const { content } = await client.cat(cid, { offset: 7, length: 3 })
for await (const chunk of content) console.log(`three letters of it: ${new TextDecoder().decode(chunk)}`)

const nobodyHasIt = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const told = (error: unknown): void => console.log(String(error))
await client.blockGet(nobodyHasIt, { offline: true }).catch(told)
await client.blockGet(nobodyHasIt, { signal: AbortSignal.timeout(200) }).catch(told)

await client.shutdown()
await once(daemon, 'close')
await rm(repo, { recursive: true })
