import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../../ids.ts'

/** One key to be provided. */
export interface Job {
  readonly cid: CID
  readonly key: CidKey
  /** Found by going through everything, and not announced by itself. */
  readonly swept: boolean
  /** Failures that were its own: others were provided meanwhile. */
  failures: number
  /** Keys that had been provided when it failed last. */
  seenProvided: number
}

export function newJob(cid: CID, swept: boolean): Job {
  return { cid, key: cidKey(cid), swept, failures: 0, seenProvided: 0 }
}

/** Keys that wait, in order, each once. */
export class ProvideQueue {
  /** Bounded: `max`. */
  readonly #jobs = new Map<CidKey, Job>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#jobs.size
  }

  get isFull(): boolean {
    return this.#jobs.size >= this.#max
  }

  has(key: CidKey): boolean {
    return this.#jobs.has(key)
  }

  /** False when there is no room. */
  add(job: Job): boolean {
    if (this.#jobs.has(job.key)) return true
    if (this.isFull) return false
    this.#jobs.set(job.key, job)
    return true
  }

  take(): Job | undefined {
    for (const job of this.#jobs.values()) {
      this.#jobs.delete(job.key)
      return job
    }
    return undefined
  }

  clear(): readonly Job[] {
    const jobs = [...this.#jobs.values()]
    this.#jobs.clear()
    return jobs
  }
}
