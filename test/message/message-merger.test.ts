import type { CID } from 'multiformats/cid'
import { describe, expect, test } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { MessageMerger } from '../../src/message/message-merger.ts'
import type { WantType } from '../../src/message/message.ts'
import type { CidParts } from '../../src/message/named-block.ts'
import { DAG_PB, plain, sampleCid, sampleCidV0 } from '../support/wire-samples.ts'

/** One entry: a cancel, or a want of a type with its priority, `!` when dont-have is to be sent. */
type Step = 'cancel' | `${WantType} ${number}` | `${WantType} ${number} !`

/** The parts of the CID at hand. */
function current(cid: () => CID): CidParts {
  return {
    get version() {
      return cid().version
    },
    get codec() {
      return cid().code
    },
    get key() {
      return cidKey(cid())
    }
  }
}

function merge(steps: readonly Step[]) {
  const cid = sampleCid(1)
  const merger = new MessageMerger(current(() => cid))
  for (const step of steps) {
    const [type, priority, send] = step.split(' ')
    if (type === 'cancel') merger.cancel()
    else merger.want(type === 'have' ? 'have' : 'block', Number(priority), send === '!')
  }
  const { wants, cancels } = merger.message()
  return [
    ...cancels.map(() => 'cancel'),
    ...wants.map((want) => `${want.type} ${want.priority}${want.sendDontHave ? ' !' : ''}`)
  ]
}

describe('entries of one CID', () => {
  test.each<[string, Step[], string[]]>([
    ['a want alone', ['have 3'], ['have 3']],
    ['twice the same is once', ['block 3 !', 'block 3 !'], ['block 3 !']],
    ['the later priority of one type counts', ['block 3', 'block 7'], ['block 7']],
    ['want-block beats want-have after it', ['block 3', 'have 7'], ['block 3']],
    ['want-block beats want-have before it, with the priority that was there', ['have 3', 'block 7'], ['block 3']],
    ['after the upgrade the type is block', ['have 3', 'block 7', 'block 9'], ['block 9']],
    ['dont-have stays on', ['block 3 !', 'block 3'], ['block 3 !']],
    ['dont-have is turned on by the other type too', ['block 3', 'have 3 !'], ['block 3 !']],
    ['a cancel beats the want before it', ['block 3', 'cancel'], ['cancel']],
    ['a cancel beats the want after it', ['cancel', 'block 3'], ['cancel']],
    ['a cancel in the middle', ['have 1', 'cancel', 'block 3', 'cancel'], ['cancel']]
  ])('%s', (_, steps, expected) => {
    expect(merge(steps)).toEqual(expected)
  })
})

test('versions and codecs of one multihash are one CID; the first spelling is kept', () => {
  const spellings = [sampleCid(1, DAG_PB), sampleCidV0(1), sampleCid(1)]
  let cid = sampleCid(2)
  const merger = new MessageMerger(current(() => cid))
  merger.want('have', 1, false)
  for (cid of spellings) merger.want('block', 1, false)
  for (cid of spellings) merger.presence(false)
  const { wants, presences } = plain(merger.message())
  expect(wants.map((want) => want.cid)).toEqual([sampleCid(2).toString(), sampleCid(1, DAG_PB).toString()])
  expect(presences.map((presence) => presence.cid)).toEqual([sampleCid(1, DAG_PB).toString()])
})

test('the later of two presences counts', () => {
  const cid = sampleCid(1)
  const merger = new MessageMerger(current(() => cid))
  const have = () => merger.message().presences.map((presence) => presence.have)
  merger.presence(true)
  expect(have()).toEqual([true])
  merger.presence(false)
  expect(have()).toEqual([false])
})
