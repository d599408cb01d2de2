import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CidKey } from '../../src/ids.ts'
import type { Message, WantType } from '../../src/message/message.ts'
import { ToldWants } from '../../src/wants/told.ts'
import { cid, key, nameOf, told } from '../support/names.ts'
import { property } from '../support/seed.ts'

const ROOMY = { bytes: 1_000_000 }

function ask(wants: ToldWants, name: string, type: WantType = 'block'): CidKey | boolean {
  return wants.ask(cid(name), key(name), type, 1)
}

/** Wants of which `asked` are in the first message, which was taken. */
function toldOf(asked: readonly string[], max = 10): ToldWants {
  const wants = new ToldWants(max)
  for (const name of asked) ask(wants, name)
  wants.take(ROOMY)
  return wants
}

describe('rows of what is to be told, and of what stands', () => {
  it('do not grow with what leaves them and comes back', () => {
    const wants = new ToldWants(4)
    for (const name of ['a', 'b', 'c', 'd']) wants.ask(cid(name), key(name), 'have', 1)
    wants.take(ROOMY)
    for (const name of ['a', 'b', 'c', 'd']) wants.shelve(key(name))
    for (let i = 0; i < 10_000; i++) {
      wants.ask(cid('a'), key('a'), 'have', 1)
      wants.shelve(key('a'))
      wants.retract(key('e'))
      wants.ask(cid('e'), key('e'), 'have', 1)
    }
    expect([wants.size, wants.room]).toEqual([4, 3])
    expect(
      wants
        .take(ROOMY)
        ?.wants.map(({ key: of }) => nameOf(of))
        .toSorted()
    ).toEqual(['a', 'e'])
  })
})

describe('ToldWants', () => {
  it('has nothing to tell until something is asked, and then says that it is all', () => {
    const wants = new ToldWants(10)
    expect(wants.hasNews).toBe(false)
    expect(told(wants.take(ROOMY))).toEqual(['nothing'])
    ask(wants, 'a', 'have')
    ask(wants, 'b')
    expect(told(wants.take(ROOMY))).toEqual(['full', 'have a', 'block b'])
    expect(told(wants.take(ROOMY))).toEqual(['nothing'])
  })

  it('tells only the difference from the second message on, and asks to hear of what is not there', () => {
    const wants = toldOf(['a'])
    ask(wants, 'b', 'have')
    const message = wants.take(ROOMY)
    expect(told(message)).toEqual(['have b'])
    expect(message?.wants[0]).toMatchObject({ priority: 1, sendDontHave: true })
  })

  it.each<[name: string, first: WantType, second: WantType, said: readonly string[]]>([
    ['a want-have that becomes a want-block is told again', 'have', 'block', ['block a']],
    ['a want-block never becomes a want-have', 'block', 'have', ['nothing']],
    ['a want-block is told once', 'block', 'block', ['nothing']],
    ['a want-have is told once', 'have', 'have', ['nothing']]
  ])('%s', (_name, first, second, said) => {
    const wants = new ToldWants(10)
    ask(wants, 'a', first)
    wants.take(ROOMY)
    ask(wants, 'a', second)
    expect(told(wants.take(ROOMY))).toEqual(said)
  })

  it('joins a want-have and a want-block of the same message', () => {
    const wants = new ToldWants(10)
    ask(wants, 'a', 'have')
    ask(wants, 'a', 'block')
    expect(told(wants.take(ROOMY))).toEqual(['full', 'block a'])
  })

  it('never cancels what was not told', () => {
    const wants = new ToldWants(10)
    ask(wants, 'a')
    wants.retract(key('a'))
    wants.retract(key('unheard of'))
    expect(wants.hasNews).toBe(false)
    expect(wants.size).toBe(0)
  })

  it('cancels what was told, once', () => {
    const wants = toldOf(['a', 'b'])
    wants.retract(key('a'))
    wants.retract(key('a'))
    expect(told(wants.take(ROOMY))).toEqual(['cancel a'])
    wants.retract(key('a'))
    expect(wants.hasNews).toBe(false)
  })

  it('drops a cancel that has not left when the want comes back', () => {
    const wants = toldOf(['a', 'b'])
    wants.retract(key('a'))
    wants.retract(key('b'))
    ask(wants, 'a')
    expect(told(wants.take(ROOMY))).toEqual(['cancel b', 'block a'])
  })

  it('cancels a want that was told, taken back, wanted again and taken back once more within a turn', () => {
    const wants = toldOf(['a'])
    wants.retract(key('a'))
    ask(wants, 'a')
    wants.retract(key('a'))
    expect(told(wants.take(ROOMY))).toEqual(['cancel a'])
  })

  it('sends no cancel to the peer that delivered', () => {
    const wants = toldOf(['a'])
    wants.delivered(key('a'))
    wants.retract(key('a'))
    expect(wants.hasNews).toBe(false)
    expect(wants.typeOf(key('a'))).toBeUndefined()
  })

  it('tells everything anew, as a full list, after a loss; also a list that became empty', () => {
    const wants = toldOf(['a', 'b'])
    wants.retract(key('b'))
    wants.lost()
    expect(told(wants.take(ROOMY))).toEqual(['full', 'block a'])
    wants.lost()
    wants.retract(key('a'))
    expect(wants.hasNews).toBe(true)
    expect(told(wants.take(ROOMY))).toEqual(['full'])
  })

  it('owes nothing after a loss when nothing was ever told', () => {
    const wants = new ToldWants(10)
    wants.lost()
    expect(wants.hasNews).toBe(false)
    ask(wants, 'a')
    expect(told(wants.take(ROOMY))).toEqual(['full', 'block a'])
  })

  it('fills a message up to its room, cancels first, and tells the rest in the next ones', () => {
    const wants = toldOf(['a', 'b'])
    wants.retract(key('a'))
    wants.retract(key('b'))
    ask(wants, 'c')
    ask(wants, 'd')
    const messages = Array.from({ length: 5 }, () => told(wants.take({ bytes: 1 })))
    expect(messages).toEqual([['cancel a'], ['cancel b'], ['block c'], ['block d'], ['nothing']])
  })

  it('is full in its first part only when a full list takes several messages', () => {
    const wants = new ToldWants(10)
    for (const name of ['a', 'b']) ask(wants, name)
    expect([told(wants.take({ bytes: 1 })), told(wants.take({ bytes: 1 }))]).toEqual([['full', 'block a'], ['block b']])
  })

  it('refuses what goes beyond its bound while every want is in flight', () => {
    const wants = toldOf(['a', 'b'], 2)
    expect(wants.room).toBe(0)
    expect(ask(wants, 'c')).toBe(false)
    expect(ask(wants, 'a', 'block')).toBe(true)
    expect([wants.size, wants.typeOf(key('c'))]).toEqual([2, undefined])
  })

  it('lets the want without hope of an answer that is oldest make way', () => {
    const wants = toldOf(['a', 'b', 'c'], 3)
    wants.shelve(key('b'))
    wants.shelve(key('a'))
    expect(wants.room).toBe(2)
    expect(ask(wants, 'd')).toBe(key('b'))
    expect(ask(wants, 'e')).toBe(key('a'))
    expect(ask(wants, 'f')).toBe(false)
    expect(told(wants.take(ROOMY))).toEqual(['cancel b', 'cancel a', 'block d', 'block e'])
  })

  it('a want that was given up before it left makes way, too, and without a cancel', () => {
    const wants = new ToldWants(1)
    ask(wants, 'a')
    wants.shelve(key('a'))
    expect(wants.room).toBe(1)
    expect(ask(wants, 'b')).toBe(key('a'))
    expect(told(wants.take(ROOMY))).toEqual(['full', 'block b'])
  })

  it('a want given up before it left is told all the same, and stays the first to make way', () => {
    const wants = new ToldWants(2)
    ask(wants, 'a')
    wants.shelve(key('a'))
    expect(told(wants.take(ROOMY))).toEqual(['full', 'block a'])
    expect(wants.room).toBe(2)
    ask(wants, 'a')
    expect(told(wants.take(ROOMY))).toEqual(['block a'])
    expect(wants.room).toBe(1)
  })

  it('asks once more for a block that the peer said it had not', () => {
    const wants = toldOf(['a'])
    wants.shelve(key('a'))
    expect(wants.hasNews).toBe(false)
    ask(wants, 'a', 'have')
    expect(told(wants.take(ROOMY))).toEqual(['block a'])
    expect(wants.room).toBe(9)
  })

  it('cancels a want that stayed with the peer for later', () => {
    const wants = toldOf(['a'])
    wants.shelve(key('a'))
    wants.retract(key('a'))
    expect(told(wants.take(ROOMY))).toEqual(['cancel a'])
    expect(wants.room).toBe(10)
  })

  it('shelving what is unknown, or twice, changes nothing', () => {
    const wants = toldOf(['a'])
    wants.shelve(key('unheard of'))
    wants.shelve(key('a'))
    wants.shelve(key('a'))
    expect([wants.size, wants.room]).toEqual([1, 10])
  })
})

/** A peer that keeps a wantlist by the rules of the wire: a want-block is not weakened, a full list replaces all. */
class ModelPeer {
  /** Bounded: by the names of the model. */
  readonly wantlist = new Map<CidKey, WantType>()
  /** Cancels of wants that the peer did not have. */
  strayCancels = 0

  received({ full, wants, cancels }: Message): void {
    if (full) this.wantlist.clear()
    for (const cancel of cancels) if (!this.wantlist.delete(cancel.key)) this.strayCancels++
    for (const want of wants) {
      if (this.wantlist.get(want.key) !== 'block') this.wantlist.set(want.key, want.type)
    }
  }
}

const NAMES = ['a', 'b', 'c', 'd']

type Step =
  | { readonly do: 'ask'; readonly name: string; readonly type: WantType }
  | { readonly do: 'retract' | 'deliver' | 'shelve'; readonly name: string }
  | { readonly do: 'take'; readonly bytes: number }
  | { readonly do: 'sync' | 'lose' }

const anyName = fc.constantFrom(...NAMES)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({ do: fc.constant('ask'), name: anyName, type: fc.constantFrom('block', 'have') }),
    weight: 6
  },
  { arbitrary: fc.record({ do: fc.constantFrom('retract', 'deliver', 'shelve'), name: anyName }), weight: 6 },
  { arbitrary: fc.record({ do: fc.constant('take'), bytes: fc.constantFrom(1, 60, 200, 10_000) }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant('sync') }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant('lose') }), weight: 1 }
)

/** Plays steps against a peer; what is in `lost` messages never gets there. */
class Play {
  readonly max: number
  readonly wants: ToldWants
  readonly peer = new ModelPeer()
  /** What is wanted of the peer, with the strongest type asked for. */
  readonly wanted = new Map<CidKey, WantType>()

  constructor(max: number) {
    this.max = max
    this.wants = new ToldWants(max)
  }

  step(step: Step): void {
    switch (step.do) {
      case 'ask':
        this.#ask(step.name, step.type)
        break
      case 'retract':
        this.wants.retract(key(step.name))
        this.wanted.delete(key(step.name))
        break
      case 'deliver':
        // Only a peer that knows the want delivers, and it forgets it then.
        if (this.wanted.has(key(step.name)) && this.peer.wantlist.delete(key(step.name))) {
          this.wants.delivered(key(step.name))
          this.wanted.delete(key(step.name))
        }
        break
      case 'shelve':
        this.wants.shelve(key(step.name))
        break
      case 'take':
        this.take(step.bytes)
        break
      case 'sync':
        this.sync()
        break
      case 'lose':
        // The peer may have got any part of what was sent: it is left as it is, out of step.
        this.wants.lost()
        break
    }
  }

  #ask(name: string, type: WantType): void {
    const made = this.wants.ask(cid(name), key(name), type, 1)
    if (made === false) {
      expect(this.wanted.size, 'refused only when full').toBe(this.max)
      expect(this.wanted.has(key(name))).toBe(false)
      return
    }
    if (made !== true) this.wanted.delete(made)
    if (this.wanted.get(key(name)) !== 'block') this.wanted.set(key(name), type)
  }

  take(bytes: number): boolean {
    const message = this.wants.take({ bytes })
    if (message !== undefined) this.peer.received(message)
    return message !== undefined
  }

  /** All that is to be told is told; then the peer knows the wants, and no others. */
  sync(): void {
    for (let i = 0; i < 1_000 && this.take(60); i++);
    expect(this.wants.hasNews).toBe(false)
    expect([...this.peer.wantlist.keys()].map(nameOf).sort()).toEqual([...this.wanted.keys()].map(nameOf).sort())
    for (const [of, type] of this.wanted) {
      if (type === 'block') expect(this.peer.wantlist.get(of), nameOf(of)).toBe('block')
    }
  }

  checkBounds(): void {
    expect(this.wants.size).toBe(this.wanted.size)
    expect(this.wants.size).toBeLessThanOrEqual(this.max)
    expect(this.wants.room).toBeGreaterThanOrEqual(0)
    expect(this.wants.room).toBeLessThanOrEqual(this.max)
    for (const [of, type] of this.wanted) expect(this.wants.typeOf(of), nameOf(of)).toBe(type)
  }
}

describe('ToldWants and the peer it tells', () => {
  it('agree on the wants once all messages were taken, whatever happened before', () => {
    const rule = fc.property(
      fc.array(anyStep, { maxLength: 80, size: 'max' }),
      fc.integer({ min: 1, max: 5 }),
      (steps, max) => {
        const play = new Play(max)
        for (const step of steps) {
          play.step(step)
          play.checkBounds()
        }
        play.sync()
      }
    )
    property(rule, { numRuns: 500 })
  })

  it('invariant 3: a cancel goes to a peer that was told, and never before the want it cancels', () => {
    const withoutLosses = anyStep.filter((step) => step.do !== 'lose')
    const rule = fc.property(fc.array(withoutLosses, { maxLength: 80, size: 'max' }), (steps) => {
      const play = new Play(3)
      for (const step of steps) play.step(step)
      play.sync()
      expect(play.peer.strayCancels).toBe(0)
    })
    property(rule, { numRuns: 500 })
  })

  it('tells a want at most twice between two losses: as want-have and as want-block', () => {
    const wants = new ToldWants(5)
    let count = 0
    for (let round = 0; round < 10; round++) {
      ask(wants, 'a', 'have')
      count += wants.take(ROOMY)?.wants.length ?? 0
      if (round > 4) ask(wants, 'a', 'block')
    }
    expect(count).toBe(2)
  })
})
