/**
 * Plays a scenario: a text of steps (`> …`), each followed by what happened (indented). Returns the same text with what
 * happened now, so that a change of behaviour shows as a change of the text.
 *
 *   # a remark
 *   > peer alice upload=100000 strategy=fair-share slots=1 presences=no
 *   > puppet eve                          joins, and does only what it is told
 *   > link alice bob latency=50 rate=100000
 *   > blocks a1..a20 bytes=2000           names; twenty at once
 *   > has alice a1..a20                   stored beforehand
 *   > put alice a1                        stored now, waking who waits
 *   > provide alice a1                    routing knows
 *   > connect bob alice
 *   > get bob a1..a20 as=all from=alice   starts a request
 *   > abort all
 *   > advance 100                         milliseconds
 *   > wait                                until all requests have ended
 *   > says eve bob have a1                have, dont-have, block, forged, want-block, want-have, cancel
 *   > cut | disconnect | break | stall | resume | drop  alice bob
 *   > partition alice bob / carol         and: heal
 *   > ledgers | wantlist bob | stat bob
 */
import { ScenarioWorld, peerId, type Settings } from './scenario-world.ts'

const WAIT_LIMIT_MS = 600_000

type Step = (world: ScenarioWorld, words: readonly string[], settings: Settings) => Promise<string[] | undefined>

/** A step that happens at once and has nothing to show but what it sets off. */
function act(run: (world: ScenarioWorld, words: readonly string[], settings: Settings) => unknown): Step {
  return async (world, words, settings) => {
    await run(world, words, settings)
    return undefined
  }
}

function onLink(run: (world: ScenarioWorld, a: ReturnType<typeof peerId>, b: ReturnType<typeof peerId>) => void): Step {
  return act((world, [a = '', b = '']) => run(world, peerId(a), peerId(b)))
}

const STEPS: Readonly<Record<string, Step>> = {
  peer: act((world, [name = ''], settings) => world.addPeer(name, settings)),
  puppet: act((world, [name = '']) => world.addPuppet(name)),
  link: act((world, [a = '', b = ''], settings) => {
    const rate = settings.get('rate')
    world.swarm.hub.shapeLink(peerId(a), peerId(b), {
      latencyMs: Number(settings.get('latency') ?? 10),
      ...(rate !== undefined && { bytesPerSecond: Number(rate) })
    })
  }),
  blocks: act((world, names, settings) => world.addBlocks(names, settings)),
  has: act((world, [name = '', ...blocks]) => world.peer(name).has(blocks.map((block) => world.block(block)))),
  put: act((world, [name = '', ...blocks]) => world.peer(name).has(blocks.map((block) => world.block(block)))),
  provide: act((world, [name = '', ...blocks]) => {
    for (const block of blocks) world.swarm.routing.provide(peerId(name), world.block(block).cid)
  }),
  connect: act((world, [a = '', b = '']) => world.connect(a, b)),
  get: act((world, [name = '', ...blocks], settings) => world.get(name, blocks, settings)),
  abort: act((world, [label = '']) => world.abort(label)),
  advance: act((world, [ms]) => world.swarm.clock.advance(Number(ms))),
  wait: act((world) => world.wait(WAIT_LIMIT_MS)),
  says: act((world, [from = '', to = '', kind = '', ...blocks]) => world.puppetSays(from, to, kind, blocks)),
  cut: onLink((world, a, b) => world.swarm.hub.cut(a, b)),
  disconnect: onLink((world, a, b) => world.swarm.hub.disconnect(a, b)),
  break: onLink((world, a, b) => world.swarm.hub.breakStream(a, b)),
  stall: onLink((world, a, b) => world.swarm.hub.stall(a, b)),
  resume: onLink((world, a, b) => world.swarm.hub.resume(a, b)),
  drop: onLink((world, a, b) => world.swarm.hub.dropNext(a, b)),
  partition: act((world, words) => {
    const groups = words.join(' ').split(' / ')
    world.swarm.hub.partition(...groups.map((group) => group.split(' ').map(peerId)))
  }),
  heal: act((world) => world.swarm.hub.heal()),
  ledgers: (world) => Promise.resolve(world.ledgers()),
  wantlist: (world, [name = '']) => {
    const wants = world.peer(name).bitswap.wantlist()
    return Promise.resolve([`${name} wants ${wants.length} blocks`])
  },
  stat: (world, [name = '']) => {
    const { blocksReceived, dupBlocksReceived, unwantedBlocksReceived, faults } = world.peer(name).bitswap.stat()
    const extra = `${dupBlocksReceived} twice, ${unwantedBlocksReceived} unwanted, ${faults} faults`
    return Promise.resolve([`${name} received ${blocksReceived} blocks: ${extra}`])
  }
}

/** Plays the steps of `text`; returns the text with what happened after each of them. */
export async function play(text: string): Promise<string> {
  const world = new ScenarioWorld()
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('  ')) continue
    lines.push(line)
    if (!line.startsWith('> ')) continue
    const shown = await takeStep(world, line.slice(2))
    lines.push(...[...world.takeEvents(), ...shown].map((happened) => `  ${happened}`))
  }
  await world.swarm.stop(...world.peers())
  return lines.join('\n')
}

async function takeStep(world: ScenarioWorld, line: string): Promise<string[]> {
  const [name = '', ...rest] = line.split(' ').filter((word) => word !== '')
  const step = STEPS[name]
  if (step === undefined) throw new Error(`unknown step: ${line}`)
  const settings = new Map(rest.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]))
  const words = rest.filter((word) => !word.includes('=')).flatMap(expand)
  const shown = await step(world, words, settings)
  // What a step sets off without any time passing belongs to that step.
  await world.swarm.clock.advance(0)
  return shown ?? []
}

/** `a1..a3` stands for a1 a2 a3. */
function expand(word: string): string[] {
  const [, name, first, last] = /^([a-z]+)(\d+)\.\.\1(\d+)$/.exec(word) ?? []
  if (name === undefined) return [word]
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => `${name}${Number(first) + index}`)
}
