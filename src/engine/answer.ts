import { assertNever } from '../errors.ts'
import { MAX_BLOCK_BYTES } from '../message/limits.ts'
import type { WantType } from '../message/message.ts'

/** `standing`: we lack the block; the want is kept, and answered "dont-have" for now if the partner asked for that. */
export type Answer = 'block' | 'have' | 'standing'

/** What a want is due, given the size of the block (undefined: not here). `replaceHaveBytes` 0: never a block for a have. */
export function chooseAnswer(type: WantType, size: number | undefined, replaceHaveBytes: number): Answer {
  if (size === undefined || size > MAX_BLOCK_BYTES) return 'standing'
  switch (type) {
    case 'block':
      return 'block'
    case 'have':
      // A small block costs no more than the two messages that a "have" leads to.
      return replaceHaveBytes > 0 && size <= replaceHaveBytes ? 'block' : 'have'
    default:
      return assertNever(type)
  }
}
