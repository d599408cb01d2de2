import { IndexedHeap } from './indexed-heap.ts'
import type { Want } from './want.ts'

/**
 * Least that a task counts for, in bytes: its CID, framing and bookkeeping. So a flood of empty blocks counts for
 * something wherever work is bounded.
 */
export const MIN_TASK_WORK = 64

/** Bytes that a task counts for, in batches and in flight. */
export function taskWork(task: { readonly size: number }): number {
  return Math.max(task.size, MIN_TASK_WORK)
}

/** The blocks one partner waits for: higher priority first, then the older want. */
export class TaskQueue extends IndexedHeap<Want> {
  #bytes = 0
  /** Found when it is asked for, and good until it leaves. */
  #oldest: Want | undefined

  /** Block bytes of all tasks. */
  get bytes(): number {
    return this.#bytes
  }

  /** The want that came first, whatever its priority. Looks at all of them, once for each that leaves. */
  get oldest(): Want | undefined {
    if (this.#oldest === undefined) for (const task of this.items) this.#oldest = olderOf(task, this.#oldest)
    return this.#oldest
  }

  override push(task: Want): void {
    this.#bytes += task.size
    if (this.#oldest !== undefined) this.#oldest = olderOf(task, this.#oldest)
    super.push(task)
  }

  override remove(task: Want): void {
    if (task.queuePlace < 0) return
    this.#bytes -= task.size
    if (task === this.#oldest) this.#oldest = undefined
    super.remove(task)
  }

  /**
   * Takes the tasks of one message: in order, up to `maxWork` and `maxTasks`; the first one always, however large.
   */
  takeBatch(maxWork: number, maxTasks: number): Want[] {
    const batch: Want[] = []
    let work = 0
    for (let task = this.peek(); task !== undefined; task = this.peek()) {
      work += taskWork(task)
      if (batch.length > 0 && (work > maxWork || batch.length >= maxTasks)) break
      this.remove(task)
      batch.push(task)
    }
    return batch
  }

  protected override isBefore(a: Want, b: Want): boolean {
    return a.priority === b.priority ? a.sequence < b.sequence : a.priority > b.priority
  }

  protected override placeOf(task: Want): number {
    return task.queuePlace
  }

  protected override setPlace(task: Want, place: number): void {
    task.queuePlace = place
  }
}

function olderOf(a: Want, b: Want | undefined): Want {
  return b === undefined || a.sequence < b.sequence ? a : b
}
