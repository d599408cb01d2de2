import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who holds a lock, in a form that a later process, on this machine or another, can judge. */
export interface LockOwner {
  readonly pid: number
  /** When the process started, in ticks since boot: a pid comes back, this pair does not. `-` where it is not known. */
  readonly startedAt: string
  /** This run of the machine, and the name space in which the pid means something. `-` where it is not known. */
  readonly boot: string
  readonly pidSpace: string
  readonly host: string
}

const UNKNOWN = '-'

/** This process. */
export function thisProcess(): LockOwner {
  return {
    pid: process.pid,
    startedAt: startOf(process.pid) ?? UNKNOWN,
    boot: ask(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? UNKNOWN,
    pidSpace: ask(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')) ?? UNKNOWN,
    host: hostname()
  }
}

/** The owner as part of a file name: a name is there whole or not at all, unlike what is written in a file. */
export function encodeOwner(owner: LockOwner): string {
  return [owner.pid, owner.startedAt, owner.boot, owner.pidSpace, owner.host.slice(0, 64)]
    .map((part) => encodeURIComponent(part).replaceAll('.', '%2E'))
    .join('.')
}

export function decodeOwner(text: string): LockOwner | undefined {
  const [pid, startedAt, boot, pidSpace, host] = text.split('.').map((part) => ask(() => decodeURIComponent(part)))
  if (startedAt === undefined || boot === undefined || pidSpace === undefined || host === undefined) return undefined
  return /^[1-9]\d*$/.test(pid ?? '') ? { pid: Number(pid), startedAt, boot, pidSpace, host } : undefined
}

/** `unknown` when the owner is out of sight: another machine on a shared disk, or another container. */
export type OwnerState = 'running' | 'gone' | 'unknown'

export function stateOf(owner: LockOwner, self: LockOwner): OwnerState {
  const sameSpace = owner.boot === self.boot && owner.pidSpace === self.pidSpace
  if (sameSpace && (owner.boot !== UNKNOWN || owner.host === self.host)) return isRunning(owner) ? 'running' : 'gone'
  const rebooted = owner.host === self.host && owner.boot !== self.boot
  return rebooted ? 'gone' : 'unknown'
}

function isRunning(owner: LockOwner): boolean {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  if (isZombie(owner.pid)) return false
  const startedAt = startOf(owner.pid)
  return startedAt === undefined || owner.startedAt === UNKNOWN || startedAt === owner.startedAt
}

/** It was killed, and its parent has not heard of it: it is counted still, and writes no more once its last thread is gone. */
function isZombie(pid: number): boolean {
  const fields = statOf(pid)
  return fields?.[0] === 'Z' && Number(fields[17]) <= 1
}

/** Field 22. */
function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19]
}

/** `/proc/<pid>/stat` from field 3 on, after the name, which may hold blanks and parentheses (proc(5)). */
function statOf(pid: number): readonly string[] | undefined {
  return ask(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  })
}

/** Systems without /proc have no answer. */
function ask<T>(question: () => T): T | undefined {
  try {
    return question()
  } catch {
    return undefined
  }
}
