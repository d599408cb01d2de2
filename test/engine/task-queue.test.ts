import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIN_TASK_WORK, TaskQueue, taskWork } from '../../src/engine/task-queue.ts'
import { Want } from '../../src/engine/want.ts'
import { want } from '../support/engine-world.ts'
import { property } from '../support/seed.ts'

function task(name: string, priority: number, sequence: number, size = 100): Want {
  const made = new Want(want(name, { priority }), sequence)
  made.size = size
  return made
}

function drain(queue: TaskQueue): readonly Want[] {
  return queue.takeBatch(Infinity, Infinity)
}

describe('TaskQueue', () => {
  it('takes higher priority first, then the older want', () => {
    const queue = new TaskQueue()
    const tasks = [task('low', 1, 0), task('high', 9, 1), task('mid, late', 5, 3), task('mid, early', 5, 2)]
    for (const each of tasks) queue.push(each)
    expect(drain(queue).map(({ priority, sequence }) => [priority, sequence])).toEqual([
      [9, 1],
      [5, 2],
      [5, 3],
      [1, 0]
    ])
  })

  it('fills a batch up to the work and the count it may have', () => {
    const queue = new TaskQueue()
    for (let i = 0; i < 10; i++) queue.push(task(`${i}`, 1, i))
    const each = 100
    expect(queue.takeBatch(3 * each, 10)).toHaveLength(3)
    expect(queue.takeBatch(4 * each - 1, 10)).toHaveLength(3)
    expect(queue.takeBatch(Infinity, 2)).toHaveLength(2)
    expect(queue.bytes).toBe(200)
  })

  it('takes one task however large', () => {
    const queue = new TaskQueue()
    queue.push(task('large', 1, 0, 5_000))
    queue.push(task('small', 1, 1, 1))
    expect(queue.takeBatch(10, 10).map(({ size }) => size)).toEqual([5_000])
  })

  it('counts empty blocks as work', () => {
    expect([0, MIN_TASK_WORK, 4_096].map((size) => taskWork({ size }))).toEqual([MIN_TASK_WORK, MIN_TASK_WORK, 4_096])
  })

  it('knows the oldest want, whatever its priority, as tasks come and go', () => {
    const queue = new TaskQueue()
    expect(queue.oldest).toBeUndefined()
    const [late, early, earliest] = [task('late', 9, 7), task('early', 1, 5), task('earliest', 1, 2)]
    queue.push(late)
    queue.push(early)
    expect(queue.oldest).toBe(early)
    queue.push(earliest)
    expect(queue.oldest).toBe(earliest)
    queue.remove(earliest)
    expect(queue.oldest).toBe(early)
    queue.takeBatch(1, 1)
    expect(queue.oldest).toBe(early)
    queue.remove(early)
    expect(queue.oldest).toBeUndefined()
  })

  it('a task that is not in it can be removed or moved without harm', () => {
    const queue = new TaskQueue()
    const stranger = task('a', 1, 0)
    queue.remove(stranger)
    queue.moved(stranger)
    expect([queue.size, queue.bytes, queue.peek()]).toEqual([0, 0, undefined])
  })

  it('is in order after any pushes, removals and changes of priority', () => {
    const step = fc.record({
      kind: fc.constantFrom('push', 'push', 'remove', 'move'),
      pick: fc.nat(50),
      priority: fc.integer({ min: -5, max: 5 })
    })
    property(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new TaskQueue()
        const model: Want[] = []
        for (const [index, { kind, pick, priority }] of steps.entries()) {
          const chosen = model[pick % Math.max(1, model.length)]
          if (kind === 'push') {
            const made = task(`${index}`, priority, index, index)
            queue.push(made)
            model.push(made)
          } else if (chosen !== undefined && kind === 'remove') {
            queue.remove(chosen)
            model.splice(model.indexOf(chosen), 1)
          } else if (chosen !== undefined) {
            chosen.priority = priority
            queue.moved(chosen)
          }
        }
        expect(queue.bytes).toBe(model.reduce((sum, { size }) => sum + size, 0))
        model.sort((a, b) => b.priority - a.priority || a.sequence - b.sequence)
        expect(drain(queue).map(({ sequence }) => sequence)).toEqual(model.map(({ sequence }) => sequence))
      })
    )
  })
})
