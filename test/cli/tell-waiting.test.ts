import { expect, it } from 'vitest'
import type { StuckReason, WantRow } from '../../src/api/service/insight-wants.ts'
import { tellWaiting } from '../../src/cli/tell-waiting.ts'
import { OfflineError } from '../../src/node/service/offline-error.ts'
import { WANT } from '../support/fake-insight.ts'
import { ManualClock } from '../support/manual-clock.ts'

const NOBODY: StuckReason = { code: 'no-peers', text: 'no peer is connected' }
const SEARCHING: StuckReason = { code: 'searching', text: 'routing is being asked' }

function world(isTerminal = false) {
  const clock = new ManualClock()
  const done = new AbortController()
  const lines: (readonly [seconds: number, reason: string])[] = []
  const drawn: (readonly [seconds: number, text: string | undefined])[] = []
  const state: { wants: () => WantRow[] | Promise<WantRow[]>; looks: number } = { wants: () => [], looks: 0 }
  const told = tellWaiting(
    {
      wants: () => {
        state.looks++
        return state.wants()
      },
      tell: (line) => lines.push([clock.now() / 1_000, line.replace(/^.*: | \("barter doctor.*$/gu, '')]),
      draw: isTerminal ? (line) => drawn.push([clock.now() / 1_000, line]) : undefined,
      now: () => clock.now(),
      wait: (ms, signal) =>
        new Promise((resolve, reject) => {
          const timer = clock.setTimer(ms, resolve)
          signal.addEventListener('abort', () => {
            timer.cancel()
            reject(new Error('ended'))
          })
        })
    },
    done.signal
  )
  const ended = told.catch((error: unknown) => error)
  return { clock, done, lines, drawn, state, ended }
}

function stuck(stuckBecause: StuckReason | undefined): () => WantRow[] {
  return () => [{ ...WANT, stuckBecause }]
}

it('a reason is told when it is there, and another one no sooner than 10 s later', async () => {
  const { clock, done, lines, state } = world(true)
  await clock.pass(12_000)
  expect([lines, state.looks]).toEqual([[], 3])
  state.wants = stuck(NOBODY)
  await clock.pass(4_000)
  expect(lines).toEqual([[15, NOBODY.text]])
  state.wants = stuck(SEARCHING)
  await clock.pass(8_000)
  expect(lines).toHaveLength(1)
  await clock.pass(1_000)
  expect(lines).toEqual([
    [15, NOBODY.text],
    [25, SEARCHING.text]
  ])
  // It comes and goes, and was told of.
  for (const reason of [NOBODY, SEARCHING, NOBODY]) {
    state.wants = stuck(reason)
    await clock.pass(20_000)
  }
  expect(lines).toHaveLength(2)
  done.abort()
})

it('where nobody looks on, that it waits still is told again, more and more rarely', async () => {
  const { clock, done, lines, drawn, state } = world()
  state.wants = stuck(NOBODY)
  await clock.pass(200_000)
  expect(lines.map(([seconds]) => seconds)).toEqual([5, 30, 60, 120])
  expect(drawn).toEqual([])
  done.abort()
})

it.each([
  ['a terminal tells of every block', true, [5, 15, 25, 35, 45, 55, 65]],
  ['a log is not filled', false, [5, 30, 60]]
])('%s where one after another comes late', async (_, isTerminal, seconds) => {
  const { clock, done, lines, state } = world(isTerminal)
  state.wants = () => [{ ...WANT, id: `bafy${Math.floor(clock.now() / 10_000)}`, stuckBecause: NOBODY }]
  await clock.pass(70_000)
  expect(lines.map(([at]) => at)).toEqual(seconds)
  done.abort()
})

it('on a terminal, how long it has been is kept current below the line, until it goes on', async () => {
  const { clock, done, lines, drawn, state } = world(true)
  await clock.pass(5_000)
  state.wants = stuck(NOBODY)
  await clock.pass(25_000)
  expect([lines, drawn]).toEqual([
    [[10, NOBODY.text]],
    [
      [20, `still waiting, 15 s: ${NOBODY.text}`],
      [25, `still waiting, 20 s: ${NOBODY.text}`],
      [30, `still waiting, 25 s: ${NOBODY.text}`]
    ]
  ])
  await clock.pass(55_000)
  expect([lines.length, drawn.at(-1)]).toEqual([1, [85, `still waiting, 1 min 20 s: ${NOBODY.text}`]])
  state.wants = stuck(undefined)
  await clock.pass(30_000)
  // Once: something else may be drawn there by now.
  expect(drawn.filter(([, text]) => text === undefined)).toEqual([[90, undefined]])
  done.abort()
})

it('ends with its command, and leaves no timer; what it heard too late is not told', async () => {
  const { clock, done, lines, state, ended } = world()
  const answer = Promise.withResolvers<WantRow[]>()
  state.wants = () => answer.promise
  await clock.pass(5_000)
  done.abort(new Error('the command has ended'))
  answer.resolve(stuck(NOBODY)())
  expect(await ended).toEqual(new Error('the command has ended'))
  expect([lines, clock.timers]).toEqual([[], 0])
})

it('a look that fails has nothing to tell, and the next one has', async () => {
  const { clock, done, lines, drawn, state } = world(true)
  state.wants = stuck(NOBODY)
  await clock.pass(15_000)
  for (let times = 0; times < 2; times++) {
    state.wants = () => Promise.reject(new Error('the daemon is busy'))
    await clock.pass(10_000)
    state.wants = stuck(NOBODY)
    await clock.pass(5_000)
  }
  expect(lines).toEqual([[5, NOBODY.text]])
  expect(drawn).toEqual([
    [15, `still waiting, 15 s: ${NOBODY.text}`],
    [20, undefined],
    [30, `still waiting, 30 s: ${NOBODY.text}`],
    [35, undefined],
    [45, `still waiting, 45 s: ${NOBODY.text}`]
  ])
  done.abort()
})

it.each([
  ['at once without peers to ask', new OfflineError(), 1],
  ['after three looks that failed in a row', new Error('403'), 3]
])('ends when nobody tells what is wanted: %s', async (_, error, looks) => {
  const { clock, state, ended } = world()
  // The look at the start was answered.
  state.looks = 0
  state.wants = () => Promise.reject(error)
  await clock.pass(20_000)
  expect([await ended, state.looks, clock.timers]).toEqual([error, looks, 0])
})
