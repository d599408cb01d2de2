import { describe, expect, test } from 'vitest'
import { DebtBalance } from '../../../src/laboratory/metrics/debt-balance.ts'
import { doneMs, doneTimes } from '../../../src/laboratory/metrics/done-times.ts'
import { lostTime } from '../../../src/laboratory/metrics/lost-time.ts'
import { lowerBounds } from '../../../src/laboratory/metrics/lower-bounds.ts'
import { STAGES, TimeAccount } from '../../../src/laboratory/metrics/time-account.ts'
import { UplinkAccount } from '../../../src/laboratory/metrics/uplink-account.ts'

describe('an account of time', () => {
  test('gives each moment to one stage, the first that holds', () => {
    let core = 0
    const account = new TimeAccount(0, () => core)
    account.change(10, 'idleServers', 1)
    account.turned(15, true)
    account.change(22, 'copies', 1)
    account.change(25, 'news', 1)
    account.change(36, 'news', -1)
    account.change(38, 'copies', -1)
    account.change(40, 'busyServers', -1)
    core = 4
    const spent = account.reading(50)
    expect(spent).toEqual({ roundTrips: 10 + 6, choking: 5, queueing: 7 + 2, duplicates: 3 + 2, transfer: 11, cpu: 4 })
    expect(STAGES.reduce((sum, stage) => sum + spent[stage], 0)).toBe(50)
  })

  test('gives no more to the core than has passed, and nothing while blocks come', () => {
    let core = 0
    const account = new TimeAccount(0, () => core)
    account.change(0, 'news', 1)
    core = 8
    account.change(10, 'news', -1)
    expect(account.reading(10)).toMatchObject({ transfer: 10, cpu: 0 })
    core = 30
    expect(account.reading(15)).toMatchObject({ cpu: 5, roundTrips: 0 })
  })
})

test('an uplink is idle when somebody waits and nothing is sent', () => {
  const account = new UplinkAccount(0)
  account.waits(5, 1)
  account.turned(8, true)
  account.waits(10, 1)
  account.waits(12, -1)
  account.turned(20, false)
  account.waits(23, -1)
  expect(account.reading(40)).toEqual({ busyMs: 12, waitedMs: 18, idleMs: 6 })
})

describe('lost time', () => {
  const stages = { transfer: 40, duplicates: 3, cpu: 1, queueing: 20, choking: 7, roundTrips: 9 }
  const times = { peer: 1, file: 0, atMs: 100, endMs: 200, discoveryMs: 20, stages }

  test('adds up to the time of the request', () => {
    const lost = lostTime(times, 15)
    expect(lost).toEqual({
      needed: 15,
      discovery: 20,
      roundTrips: 9,
      queueing: 45,
      duplicates: 3,
      choking: 7,
      cpu: 1
    })
    const { needed, discovery, roundTrips, queueing, duplicates, choking, cpu } = lost
    const sum = needed + discovery + roundTrips + queueing + duplicates + choking + cpu
    expect(sum).toBe(times.endMs - times.atMs)
  })

  test('needs no more than it took', () => {
    expect(lostTime(times, 1_000)).toMatchObject({ needed: 40, queueing: 20 })
  })
})

describe('lower bounds', () => {
  const peer = (upload: number, download = Infinity, place = 0) => ({ upload, download, place })
  const ask = (number: number, bytes: number, atMs = 0) => ({ peer: number, file: 0, atMs, bytes, steps: 2 })
  const roundTripMs = (a: number, b: number): number => (a === b ? 10 : 100)

  test.each([
    ['the uplink of the seed', [peer(1), peer(100), peer(100)], 1_000],
    ['the slowest downlink', [peer(50), peer(50, 0.5), peer(50)], 2_000],
    ['all uplinks together', [peer(1.5), peer(0), peer(0)], 2_000 / 1.5]
  ])('of one file are bound by %s', (_name, capacities, fluidMs) => {
    const demands = [ask(1, 1_000), ask(2, 1_000)]
    expect(lowerBounds({ capacities, demands, holders: new Map([[0, [0]]]), roundTripMs }).fluidMs).toBe(fluidMs)
  })

  test('begin with the first request', () => {
    const demands = [ask(1, 1_000, 300), ask(2, 1_000, 500)]
    const capacities = [peer(1), peer(9), peer(9)]
    expect(lowerBounds({ capacities, demands, holders: new Map([[0, [0]]]), roundTripMs }).fluidMs).toBe(1_300)
  })

  test('of a walk are a round trip for each step, to the nearest that may have the file', () => {
    const capacities = [peer(1, 2, 0), peer(1, 2, 1), peer(1, 2, 1), peer(1, 2, 0)]
    const holders = new Map([[0, [0]]])
    const far = lowerBounds({ capacities, demands: [ask(1, 10)], holders, roundTripMs })
    expect(far).toMatchObject({ dagMs: [200], transferMs: [5] })
    const near = lowerBounds({ capacities, demands: [ask(1, 10), ask(2, 10)], holders, roundTripMs })
    expect(near.dagMs).toEqual([20, 20])
  })
})

describe('the balance of debts', () => {
  test('is 1 when nobody gives back, 0 when pairs are even, and is reached when it stays near its end', () => {
    const balance = new DebtBalance(3)
    expect(balance.convergedAtMs()).toBeUndefined()
    balance.add(0, 1, 100, 10)
    expect(balance.imbalance).toBe(1)
    balance.add(1, 0, 100, 20)
    expect(balance.imbalance).toBe(0)
    balance.add(2, 1, 200, 30)
    balance.add(1, 2, 200, 40)
    expect(balance.imbalance).toBe(0)
    expect(balance.convergedAtMs()).toBe(40)
    balance.add(1, 2, 1, 50)
    expect(balance.convergedAtMs()).toBe(40)
  })

  test('keeps few moments of a long history', () => {
    const balance = new DebtBalance(2)
    for (let at = 0; at < 100_000; at++) balance.add(at < 50_000 ? 0 : 1, at < 50_000 ? 1 : 0, 1, at)
    expect(balance.imbalance).toBe(0)
    // |sent − received| is a twentieth of all when 4.8 % of it are missing: near 95,238.
    expect(Math.abs((balance.convergedAtMs() ?? 0) - 95_238)).toBeLessThan(400)
  })
})

test('peers are done when their last request is', () => {
  const outcome = (peer: number, atMs: number, completeMs: number | undefined) => {
    const rest = { file: 0, firstBlockMs: 0, blocks: 1, bytes: 1, longestWaitMs: 0, localBlocks: 0, localBytes: 0 }
    return { peer, atMs, completeMs, ...rest }
  }
  const outcomes = [outcome(1, 10, 5), outcome(1, 20, 10), outcome(2, 10, 1), outcome(3, 10, undefined)]
  const times = doneTimes(outcomes, 10)
  expect([...times]).toEqual([
    [1, 20],
    [2, 1],
    [3, Infinity]
  ])
  expect([50, 67, 99].map((percent) => doneMs([...times.values()], percent))).toEqual([20, Infinity, Infinity])
})
