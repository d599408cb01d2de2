/**
 * What running a peer costs its operator, against Kubo on the same machine in the same run.
 *
 *   npm run bench:operator -- [--rounds 3] [--mib 1024] [--files 10000] [--synced-kubo] [--json]
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchAdd, type AddResult } from './add.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    mib: { type: 'string', default: '1024' },
    files: { type: 'string', default: '10000' },
    barter: { type: 'string', default: join(import.meta.dirname, '../../dist/cli/main.js') },
    'synced-kubo': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false }
  }
})

const results = await benchAdd({
  rounds: Number(values.rounds),
  fileBytes: Number(values.mib) * 1024 * 1024,
  files: Number(values.files),
  barter: values.barter,
  syncedKubo: values['synced-kubo']
})
if (values.json) console.log(JSON.stringify(results))
else for (const result of results) console.log(rowOf(result))

function rowOf({ name, file, small }: AddResult): string {
  const text = (series: readonly number[]): string =>
    `${median(series).toFixed(2)} s (${series.map((s) => s.toFixed(2)).join(', ')})`
  return `${name.padEnd(14)} one file of ${values.mib} MiB: ${text(file)}; ${values.files} files of 4 KiB: ${text(small)}`
}

function median(series: readonly number[]): number {
  return [...series].sort((a, b) => a - b)[Math.floor(series.length / 2)] ?? NaN
}
