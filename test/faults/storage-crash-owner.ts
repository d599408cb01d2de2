/** A process that takes the lock of a repo, prints its id, and stays until it is killed. Argument: the directory. */
import { writeSync } from 'node:fs'
import { acquireRepoLock } from '../../src/storage/repo-lock.ts'

await acquireRepoLock(process.argv[2] ?? '')
writeSync(1, `${process.pid}\n`)
setInterval(() => undefined, 60_000)
