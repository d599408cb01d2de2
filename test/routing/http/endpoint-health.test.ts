import { describe, expect, it } from 'vitest'
import {
  EndpointHealth,
  MAX_PAUSE_MS,
  MAX_RETRY_AFTER_MS,
  parseRetryAfter
} from '../../../src/routing/http/endpoint-health.ts'

describe('EndpointHealth', () => {
  it('pauses longer with each failure, at most five minutes, and is well again after a success', () => {
    const health = new EndpointHealth()
    const pauses = [health.pauseMs(0)]
    for (let failure = 0; failure < 40; failure++) {
      health.failed(0)
      pauses.push(health.pauseMs(0))
    }
    expect(pauses.slice(0, 5)).toEqual([0, 1_000, 2_000, 4_000, 8_000])
    expect(pauses.at(-1)).toBe(MAX_PAUSE_MS)
    expect(health.pauseMs(MAX_PAUSE_MS)).toBe(0)
    health.succeeded()
    expect(health.pauseMs(0)).toBe(0)
  })

  it('takes the longer of its own pause and the one asked for, at most an hour', () => {
    const health = new EndpointHealth()
    health.failed(0, 30_000)
    expect(health.pauseMs(0)).toBe(30_000)
    health.failed(0, 10 * MAX_RETRY_AFTER_MS)
    expect(health.pauseMs(0)).toBe(MAX_RETRY_AFTER_MS)
  })
})

describe('parseRetryAfter', () => {
  it.each<[string | null, number]>([
    [null, 0],
    ['', 0],
    ['soon', 0],
    ['-5', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 55_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0]
  ])('%s is %d ms', (header, delayMs) => {
    expect(parseRetryAfter(header, 5_000)).toBe(delayMs)
  })
})
