import { describe, expect, it } from 'vitest'
import { ConfigReader } from '../../../src/node/config/reader.ts'

const reader = (values: Record<string, unknown>): ConfigReader => new ConfigReader('/repo/config', values)
const refused = (what: string): string => `the config /repo/config cannot be used: ${what}`

describe('a reader of the config', () => {
  it.each<[string, unknown, (read: ConfigReader) => unknown, unknown]>([
    ['a number', 7, (read) => read.integer('key', 1), 7],
    ['no number', null, (read) => read.integer('key', 1), 1],
    ['no number, and none by default', undefined, (read) => read.integer('key', undefined), undefined],
    ['a duration', '1m30s', (read) => read.durationMs('key', 1), 90_000],
    ['no duration', '', (read) => read.durationMs('key', 1), 1],
    ['a choice', 'b', (read) => read.choice('key', ['a', 'b'], 'a'), 'b'],
    ['no choice', undefined, (read) => read.choice('key', ['a', 'b'], 'a'), 'a'],
    ['one text for a list', '/a', (read) => read.texts('key'), ['/a']],
    ['no list', null, (read) => read.list('key'), []],
    ['no section', null, (read) => read.section('key').section('deeper').flag('deepest', true), true]
  ])('finds %s', (_what, value, look, expected) => {
    expect(look(reader({ key: value }))).toEqual(expected)
  })

  it.each<[unknown, (read: ConfigReader) => unknown, string]>([
    [1.5, (read) => read.integer('key', 1), 'key is 1.5: expected a whole number, 0 or more'],
    [-1, (read) => read.integer('key', 1), 'key is -1: expected a whole number, 0 or more'],
    ['7', (read) => read.integer('key', 1, { min: 1, max: 9 }), 'key is "7": expected a whole number from 1 to 9'],
    [10, (read) => read.integer('key', 1, { min: 1, max: 9 }), 'key is 10: expected a whole number from 1 to 9'],
    ['soon', (read) => read.durationMs('key', 1), 'key is "soon": expected a duration such as 20s or 1h30m'],
    ['1h', (read) => read.durationMs('key', 1, { max: 9 }), 'key is "1h": expected a duration such as 20s or 1h30m'],
    ['c', (read) => read.choice('key', ['a', 'b'], 'a'), 'key is "c": expected one of a, b'],
    [{ on: 1 }, (read) => read.section('key').flag('on', true), 'key.on is 1: expected true, false or null'],
    [[{}, { id: 2 }], (read) => read.list('key')[1]?.text('id'), 'key[1].id is 2: expected a text'],
    [[1], (read) => read.list('key'), 'key is [1]: expected a list of objects'],
    ['x'.repeat(200), (read) => read.section('key'), `key is "${'x'.repeat(79)}…: expected an object`]
  ])('tells what is wrong with %j', (value, look, message) => {
    expect(() => look(reader({ key: value }))).toThrow(refused(message))
  })

  it('knows which keys are set', () => {
    const read = reader({ set: false, unset: null })
    expect([read.has('set'), read.has('unset'), read.has('never'), read.keys()]).toEqual([true, false, false, ['set']])
  })
})
