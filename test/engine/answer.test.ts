import { describe, expect, it } from 'vitest'
import { chooseAnswer } from '../../src/engine/answer.ts'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'

describe('chooseAnswer', () => {
  it.each([
    ['block', undefined, 1_024, 'standing'],
    ['have', undefined, 1_024, 'standing'],
    ['block', 0, 1_024, 'block'],
    ['have', 0, 1_024, 'block'],
    ['have', 0, 0, 'have'],
    ['have', 1_024, 1_024, 'block'],
    ['have', 1_025, 1_024, 'have'],
    ['block', MAX_BLOCK_BYTES, 1_024, 'block'],
    ['have', MAX_BLOCK_BYTES, 1_024, 'have'],
    ['block', MAX_BLOCK_BYTES + 1, 1_024, 'standing'],
    ['have', MAX_BLOCK_BYTES + 1, 1_024, 'standing']
  ] as const)('%s of %s bytes, replacing up to %d: %s', (type, size, replaceHaveBytes, answer) => {
    expect(chooseAnswer(type, size, replaceHaveBytes)).toBe(answer)
  })
})
