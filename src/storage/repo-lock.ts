import { randomInt, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { RepoLockedError } from '../errors.ts'
import { storeErrors, unlessAbsent } from './file-system.ts'
import { decodeOwner, encodeOwner, type LockOwner, stateOf, thisProcess } from './lock-owner.ts'

export interface RepoLock {
  /** Gives the repo free. Calling it twice is harmless. */
  release(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface RepoLockOptions {
  /** This process, unless a test says otherwise. */
  readonly self?: LockOwner
  /** How often the lock is touched, so that machines which cannot see this process know that it lives. */
  readonly touchMs?: number
}

const TOUCH_MS = 10_000
/** An owner out of sight that did not touch its lock for this long is gone. */
const SILENT_MS = 60_000
/** Claims made at the same time give way to each other this often, with pauses of random length. */
const ATTEMPTS = 20

const CLAIM = '.claim'
const HELD = '.held'

interface Other {
  readonly owner: LockOwner
  readonly held: boolean
}

/**
 * Takes the lock of a repo, so that two processes never write to it. Rejects with `RepoLockedError`, which names the other
 * process and the file. The lock of a process that is gone, however it ended, is no obstacle.
 *
 * How: every process first puts a file with a name of its own, which says who it is, into `<directory>/lock`, and only then
 * looks for others. So of two that come together at least one sees the other; who sees a live one withdraws. Files of dead
 * processes are removed, which is safe because their names never come back. Nobody ever takes over another's file.
 */
export async function acquireRepoLock(directory: string, options: RepoLockOptions = {}): Promise<RepoLock> {
  const self = options.self ?? thisProcess()
  const locks = join(resolve(directory), 'lock')
  const path = join(locks, `${encodeOwner(self)}.${randomUUID()}`)
  return storeErrors(`the repo ${resolve(directory)} cannot be locked`, async () => {
    await mkdir(locks, { recursive: true })
    for (let attempt = 1; ; attempt++) {
      await writeFile(path + CLAIM, '', { flag: 'wx' })
      const others = await liveOthers(locks, path, self)
      if (others.length === 0) return hold(path, options.touchMs ?? TOUCH_MS)
      await unlink(path + CLAIM)
      const holder = others.find((other) => other.held) ?? (attempt === ATTEMPTS ? others[0] : undefined)
      if (holder !== undefined) throw locked(directory, locks, holder.owner)
      await delay(randomInt(5, 50))
    }
  })
}

async function hold(path: string, touchMs: number): Promise<RepoLock> {
  // A second name, not a new one: a renamed file can be missed by somebody who reads the directory meanwhile.
  await link(path + CLAIM, path + HELD)
  const timer = setInterval(() => void touch(path), touchMs)
  timer.unref()
  const release = async (): Promise<void> => {
    clearInterval(timer)
    await unlessAbsent(unlink(path + HELD))
    await unlessAbsent(unlink(path + CLAIM))
  }
  return { release, [Symbol.asyncDispose]: release }
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  try {
    await utimes(path + CLAIM, now, now)
  } catch {
    // Nobody on this machine needs the time stamp; a disk in trouble is reported by whoever writes to it.
  }
}

async function liveOthers(locks: string, path: string, self: LockOwner): Promise<Other[]> {
  const names = await readdir(locks)
  const now = (await stat(path + CLAIM)).mtimeMs
  const others: Other[] = []
  for (const name of names) {
    const owner = decodeOwner(name)
    if (owner === undefined || join(locks, name) === path + CLAIM) continue
    if (await isLive(join(locks, name), owner, self, now)) others.push({ owner, held: name.endsWith(HELD) })
    else await unlessAbsent(unlink(join(locks, name)))
  }
  return others
}

/** Time stamps are compared with that of a file made just now on the same disk, whose clock may not be ours. */
async function isLive(path: string, owner: LockOwner, self: LockOwner, now: number): Promise<boolean> {
  const state = stateOf(owner, self)
  if (state !== 'unknown') return state === 'running'
  const found = await unlessAbsent(stat(path))
  return found !== undefined && now - found.mtimeMs < SILENT_MS
}

function locked(directory: string, locks: string, owner: LockOwner): RepoLockedError {
  return new RepoLockedError(
    `the repo ${resolve(directory)} is in use by process ${owner.pid} on ${owner.host} (its lock is in ${locks}): stop it, or use another repo`,
    owner.pid
  )
}
