import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS, resolveOptions, type BitswapOptionsInit } from '../src/options.ts'
import { property } from './support/seed.ts'

/** Options as an untyped caller may give them. */
function untyped(init: unknown): BitswapOptionsInit {
  return init as BitswapOptionsInit
}

const NUMBERS = Object.entries(DEFAULT_OPTIONS).flatMap(([group, options]) =>
  Object.entries(options as Record<string, unknown>)
    .filter(([, value]) => typeof value === 'number')
    .map(([name]) => [group, name] as const)
)

describe('resolveOptions', () => {
  it('gives the defaults when nothing is asked for', () => {
    expect(resolveOptions()).toEqual(DEFAULT_OPTIONS)
    expect(resolveOptions({})).toEqual(DEFAULT_OPTIONS)
    expect(resolveOptions({ session: {} })).toEqual(DEFAULT_OPTIONS)
  })

  it('takes what is given and leaves the rest, of the group and of the others', () => {
    const options = resolveOptions({ session: { maxOpenWants: 7 }, engine: { enabled: false } })
    expect(options).toEqual({
      ...DEFAULT_OPTIONS,
      session: { ...DEFAULT_OPTIONS.session, maxOpenWants: 7 },
      engine: { ...DEFAULT_OPTIONS.engine, enabled: false }
    })
  })

  it('takes undefined for "not given"', () => {
    expect(resolveOptions(untyped({ session: { maxOpenWants: undefined }, wants: undefined }))).toEqual(DEFAULT_OPTIONS)
  })

  it('does not touch the defaults, nor what was given', () => {
    const given = { session: { maxOpenWants: 7 } }
    const resolved = resolveOptions(given)
    expect([DEFAULT_OPTIONS.session.maxOpenWants, given]).toEqual([2_048, { session: { maxOpenWants: 7 } }])
    expect(resolved.wants).not.toBe(DEFAULT_OPTIONS.wants)
  })

  it.each<[name: string, init: unknown, message: string]>([
    ['a group nobody knows', { sessions: {} }, 'unknown option sessions: expected one of wants, session, peers'],
    [
      'an option nobody knows',
      { session: { maxWants: 1 } },
      'unknown option session.maxWants: expected one of maxOpenWants'
    ],
    ['a name that every object has', { session: { toString: 1 } }, 'unknown option session.toString'],
    ['a group that every object has', { constructor: {} }, 'unknown option constructor'],
    ['text for a number', { session: { maxOpenWants: '7' } }, 'option session.maxOpenWants is 7: expected a number'],
    ['a number for a switch', { engine: { enabled: 1 } }, 'option engine.enabled is 1: expected a boolean'],
    ['null', { session: { maxOpenWants: null } }, 'option session.maxOpenWants is null: expected a number'],
    ['no number', { session: { maxOpenWants: Number.NaN } }, 'option session.maxOpenWants is NaN: expected a finite'],
    ['no end', { session: { bufferBytes: Infinity } }, 'option session.bufferBytes is Infinity: expected a finite'],
    ['less than nothing', { session: { hedgeShare: -0.1 } }, 'option session.hedgeShare is -0.1: expected a finite'],
    ['more wants than peers keep', { wants: { maxOutstandingPerPeer: 1_025 } }, 'is 1025: expected 1024 or less'],
    ['too long a wantlist', { wants: { maxMessageBytes: 4 << 20 } }, 'maxMessageBytes is 4194304: expected 4193968'],
    ['too long a message', { engine: { targetMessageBytes: (2 << 20) + 1 } }, 'is 2097153: expected 2097152 or less'],
    ['nothing, where something is needed', { session: { maxOpenWants: 0 } }, 'maxOpenWants is 0: expected 1 or more']
  ])('refuses %s, and names it', (_name, init, message) => {
    expect(() => resolveOptions(untyped(init))).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
    expect(() => resolveOptions(untyped(init))).toThrow(message)
  })

  it('allows nothing where that means "off"', () => {
    const off = {
      session: { hedgeShare: 0, bufferBytes: 0, broadcastPeers: 0, providerSearchDelayMs: 0 },
      engine: { replaceHaveBytes: 0 }
    }
    expect(resolveOptions(off)).toMatchObject(off)
  })

  it('any number is either taken as it is or refused by name', () => {
    const rule = fc.property(fc.constantFrom(...NUMBERS), fc.double(), ([group, name], value) => {
      try {
        const resolved = resolveOptions(untyped({ [group]: { [name]: value } }))
        expect(resolved).toMatchObject({ [group]: { [name]: value } })
        expect(value).toBeGreaterThanOrEqual(0)
      } catch (error) {
        expect(error).toMatchObject({
          name: 'InvalidParametersError',
          message: expect.stringContaining(name) as string
        })
        expect(Number.isFinite(value) && value >= 1 && value <= 1_024).toBe(false)
      }
    })
    property(rule, { numRuns: 500 })
  })
})
