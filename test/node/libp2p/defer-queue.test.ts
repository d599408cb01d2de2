import { expect, it } from 'vitest'
import { DeferQueue } from '../../../src/node/libp2p/defer-queue.ts'

/** A queue whose turns end by hand. */
function world() {
  const turns: (() => void)[] = []
  const ran: string[] = []
  const queue = new DeferQueue((run) => void turns.push(run))
  const defer = (name: string, then: () => void = () => undefined): void =>
    queue.defer(() => {
      ran.push(name)
      then()
    })
  const turn = (): string[] => {
    turns.shift()?.()
    return ran.splice(0)
  }
  return { turns, ran, defer, turn }
}

it('what is deferred runs in order at the end of the turn, and after it what that defers', () => {
  const { defer, turn, turns } = world()
  defer('decide', () => defer('send'))
  defer('decide too', () => defer('send too'))
  expect([turns.length, turn(), turns.length]).toEqual([1, ['decide', 'decide too', 'send', 'send too'], 0])
})

it('work that defers the rest of itself lets others have their turn', () => {
  const { defer, turn, turns } = world()
  const work = (): void => defer('work', work)
  work()
  expect([turn(), turns.length, turn()]).toEqual([['work', 'work'], 1, ['work', 'work']])
})

it('one that throws keeps none of the others from running', () => {
  const { defer, turn, ran } = world()
  const broken = new Error('broken')
  defer('first', () => defer('third'))
  defer('bad', () => {
    throw broken
  })
  defer('second')
  expect(turn).toThrow(broken)
  expect([ran.splice(0), turn()]).toEqual([
    ['first', 'bad'],
    ['second', 'third']
  ])
})
