import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { arena, ARENA_STRATEGIES } from '../../../src/laboratory/tournament/arena.ts'
import { checkPlan, matchesOf, type TournamentPlan } from '../../../src/laboratory/tournament/matches.ts'
import { runTournament } from '../../../src/laboratory/tournament/run-tournament.ts'
import { writeTournament } from '../../../src/laboratory/tournament/write-tournament.ts'

const PLAN: TournamentPlan = {
  json: arena({ peers: 8, chunk: 163_840 }),
  servers: ['fair-share', 'best'],
  adversaries: ['free-rider'],
  clients: ['boxo'],
  seeds: [1, 2],
  fraction: 0.25,
  invaders: 0.25
}

test('everybody meets everybody: alone, among each adversary, invaded by each strategy, its own too', () => {
  const matches = matchesOf({ ...PLAN, servers: ['fair-share', 'best', 'fifo'], clients: ['boxo', 'barter'] })
  expect(matches).toHaveLength(2 * 3 * (1 + 1 + 3))
  expect(matches.slice(0, 5).map(({ against }) => against)).toEqual([
    undefined,
    'free-rider',
    'invader:fair-share',
    'invader:best',
    'invader:fifo'
  ])
  expect(matchesOf({ ...PLAN, invaders: 0 })).toHaveLength(2 * 2)
})

test('names that are none are told before anything is run', async () => {
  await expect(checkPlan({ ...PLAN, adversaries: ['thief'] })).rejects.toThrow(/unknown adversary thief/)
  await expect(checkPlan({ ...PLAN, servers: ['kindness'] })).rejects.toThrow(/unknown strategy kindness/)
  await expect(checkPlan({ ...PLAN, servers: [] })).rejects.toThrow(/one server strategy at least/)
  await expect(checkPlan({ ...PLAN, servers: ARENA_STRATEGIES })).resolves.toBeUndefined()
  expect(readScenario(PLAN.json).name).toBe('arena-8')
})

test('a tournament gives a number for each match, a page and a table', async () => {
  const told: number[] = []
  const results = await runTournament(PLAN, { workers: 1, onProgress: (done, runs) => told.push(done / runs) })
  expect(told.at(-1)).toBe(1)
  expect(results).toHaveLength(8)
  for (const { server, against, cooperatorMs, penalty, loss, gain, runs } of results) {
    expect(Number.isFinite(gain)).toBe(against?.startsWith('invader:') === true)
    // Against its own strategy nothing is gained, whoever was drawn as an invader.
    if (against === `invader:${server}`) expect(gain).toBe(1)
    expect(runs).toBe(2)
    expect(cooperatorMs).toBeGreaterThan(1_000)
    expect(Number.isFinite(penalty)).toBe(against !== undefined)
    expect(loss).toBeGreaterThan(0)
    if (against === undefined) expect(loss).toBe(1)
  }
  const directory = await mkdtemp(join(tmpdir(), 'barter-tournament-'))
  try {
    const { html, csv } = await writeTournament(directory, PLAN, results)
    const [page, table] = [await readFile(html, 'utf8'), await readFile(csv, 'utf8')]
    expect(table.split('\n')).toHaveLength(1 + 8 + 1)
    expect(table).toContain('boxo,fair-share,free-rider,0.25,2,')
    expect(page.match(/<svg/g)).toHaveLength(3)
    expect(page).not.toMatch(/<script|src="http|NaN/)
  } finally {
    await rm(directory, { recursive: true })
  }
}, 120_000)
