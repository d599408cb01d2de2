import { describe, expect, test } from 'vitest'
import { clientByName, CLIENTS } from '../../../src/laboratory/clients/catalogue.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'

describe('the catalogue', () => {
  test('says of every strategy what it does, where it comes from, and what can be set', () => {
    expect(new Set(CLIENTS.map(({ name }) => name)).size).toBe(13)
    for (const { name, about, source, parameters } of CLIENTS) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(about.length).toBeGreaterThan(20)
      expect(source).not.toBe('')
      for (const parameter of Object.values(parameters)) {
        expect(parameter.about).not.toBe('')
        if ('min' in parameter) {
          expect(parameter.unit).not.toBe('')
          expect(parameter.fallback).toBeGreaterThanOrEqual(parameter.min)
          expect(parameter.fallback).toBeLessThanOrEqual(parameter.max ?? Infinity)
        }
      }
    }
  })

  test('makes what a reference names, and calls it as the reference does', () => {
    const strategy = clientByName('ttl:degree=5,store=false')
    expect(strategy.name).toBe('ttl:degree=5,store=false')
    expect(strategy.create({ random: new SeededRandom(1) })).toHaveProperty('store')
    expect(clientByName('barter').create({ random: new SeededRandom(1) })).toBeUndefined()
  })

  test.each([
    ['bitorrent', 'unknown client strategy bitorrent: expected one of barter, broadcast, split, boxo'],
    ['boxo:delay=1', 'client boxo has no parameter delay: expected one of searchDelayMs'],
    ['barter:delay=1', 'client barter has no parameter delay: it has none'],
    ['boxo:toString=1', 'client boxo has no parameter toString'],
    ['boxo:searchDelayMs=soon', 'client boxo: searchDelayMs is "soon": expected a number of ms, from 0 to 600000'],
    ['boxo:broadcastWants=0', 'client boxo: broadcastWants is 0: expected a number of wants, from 1 to 4096'],
    ['boxo:searchDelayMs=', 'client boxo: searchDelayMs is "": expected a number of ms'],
    ['ttl:store=maybe', 'client ttl: store is "maybe": expected true or false'],
    ['boxo:', 'client strategy boxo: "" is no parameter: expected key=value,key=value'],
    ['boxo:fast', 'client strategy boxo: "fast" is no parameter']
  ])('%s is refused, with what is allowed', (reference, message) => {
    expect(() => clientByName(reference)).toThrow(message)
  })
})
