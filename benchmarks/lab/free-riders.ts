/**
 * Free-riders among ten server strategies, in worlds of 30, 120 and 1,000 peers: the table behind A10 of
 * `barter lab reproduce`. In virtual time: the same commit gives the same table on every machine.
 *
 *   node benchmarks/lab/free-riders.ts [workers] > benchmarks/lab/results/a10.json
 */
import { execFileSync } from 'node:child_process'
import { checksOf, SWEEP_SIZES } from '../../src/laboratory/reproduce/a10-free-riders.ts'
import { createBench } from '../../src/laboratory/reproduce/bench.ts'
import { sweepFreeRiders } from '../../src/laboratory/reproduce/free-rider-sweep.ts'

const SEEDS = [1, 2, 3]

const bench = createBench({
  workers: Number(process.argv[2] ?? 1),
  seeds: SEEDS,
  onProgress: (done, cells) => process.stderr.write(`\r${done} of ${cells} runs`)
})
const rows = await sweepFreeRiders(bench, SWEEP_SIZES)
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
const table = {
  commit,
  node: process.version,
  client: 'boxo',
  seeds: SEEDS,
  sizes: SWEEP_SIZES,
  rows,
  checks: checksOf(rows, SWEEP_SIZES)
}
process.stdout.write(`${JSON.stringify(table, undefined, 2)}\n`)
