import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import { ALICE } from '../support/names.ts'
import { many, SessionWorld, want, type WorldOptions } from '../support/session-world.ts'

/** Wants for `a` that were told. */
function asked(log: readonly string[]): number {
  return log.filter((line) => /(block|have) a\b/.test(line)).length
}

/** Peers of the local network, all of which deny whatever they are asked for. */
class Deniers {
  readonly world: SessionWorld
  readonly #peers: readonly PeerId[]

  constructor(count: number, options: WorldOptions = {}) {
    this.world = new SessionWorld(options)
    this.#peers = Array.from({ length: count }, (_, number) => toPeerId(`peer${number}`))
    this.world.connect(...this.#peers)
  }

  /** Wants told in each second. */
  async seconds(count: number): Promise<number[]> {
    const told: number[] = []
    for (let second = 0; second < count; second++) {
      let wants = 0
      for (let step = 0; step < 50; step++) {
        const log = [...this.world.pass(20, 20), ...(await this.world.settle())]
        wants += asked(log)
        for (const line of log) this.#deny(line)
      }
      told.push(wants)
    }
    return told
  }

  #deny(line: string): void {
    if (asked([line]) > 0) this.world.lacks(toPeerId(line.slice(0, line.indexOf(':'))), 'a')
  }
}

describe('strangers', () => {
  const { broadcastPeers } = DEFAULT_OPTIONS.session
  // Those who denied it are told last of all that it is searched for.
  const perRound = 4 * broadcastPeers + broadcastPeers

  it.each([
    ['what is known of them is remembered', 65_536],
    ['no more is remembered than a part of it', 100]
  ])('are asked by so many a round, and rounds are further and further apart: %s', async (_, maxPresences) => {
    const { world, seconds } = run(500, { peers: { maxPresences } })
    want(world.session(), ['a'])
    const told = await seconds(16)
    for (const wants of told) expect(wants).toBeLessThanOrEqual(perRound + 64)
    expect(told.filter((wants) => wants > 0).length).toBeLessThanOrEqual(6)
    // One question to routing a round, too.
    expect(world.searches.length).toBeLessThanOrEqual(6)
  })

  it('all of them are asked, round by round', async () => {
    const { world, seconds } = run(200)
    const waiter = want(world.session(), ['a'])
    const [first = 0, second = 0, ...rest] = await seconds(10)
    expect(first).toBeLessThanOrEqual(perRound)
    expect(first + second).toBeGreaterThanOrEqual(200)
    expect(rest.reduce((sum, wants) => sum + wants, 0)).toBe(0)
    expect(waiter.heard).toEqual([])
  })

  it('when enough have been asked, somebody who connects is a reason to ask one more, not all', async () => {
    const { world, seconds } = run(1_000)
    want(world.session(), ['a'])
    await seconds(2)
    world.connect(toPeerId('late'))
    expect(asked(world.pass(250))).toBe(1)
  })

  it.each([1, 200])('those that are silent make way for others, and do not take %i wants again and again', (count) => {
    const world = new SessionWorld().connect(...many(100, 'peer').map((name) => toPeerId(name)), ALICE)
    const names = many(count)
    const waiter = want(world.session(), names)
    for (let ms = 0; ms < 30_000; ms += 20) {
      world.pass(20, 20)
      world.has(ALICE, ...world.wantlist(ALICE, 'have'))
      world.sends(ALICE, ...world.wantlist(ALICE))
    }
    expect(waiter.heard.length).toBe(count)
  })

  function run(count: number, options: WorldOptions = {}) {
    const deniers = new Deniers(count, options)
    return { world: deniers.world, seconds: (number: number) => deniers.seconds(number) }
  }
})
