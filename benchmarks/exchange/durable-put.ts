/**
 * What it costs to store a block so that it survives a power cut: our put against a bare loop of write, fsync, rename and
 * directory fsync, which does the same for the disk and nothing for its user. Alone: `node benchmarks/exchange/durable-put.ts`.
 */
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHashers } from '../../src/hashing/hashers.ts'
import { DurableBlockstore } from '../../src/storage/durable-blockstore.ts'
import { blockOf, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { type Line, line, ratio, type Series } from './line.ts'

const BLOCK_BYTES = 256 * 1024
const BLOCKS_PER_ROUND = 128
const WRITERS = 16
const MIB = 1024 * 1024

/** `statfs` types of file systems that have no disk behind them, on which a sync costs nothing. */
const MEMORY_FILE_SYSTEMS = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs']
])

type Put = (block: SampleBlock) => void | Promise<void>

interface Contender {
  readonly writers: number
  readonly put: Put
}

/**
 * MiB/s of each, in interleaved rounds, and their ratios round by round. The bare loop is measured as synchronous calls,
 * the fastest way there is to do one after the other, and as promises, which is what 16 writers can use.
 */
export async function durablePut(rounds: number): Promise<Line[]> {
  const directory = fs.mkdtempSync(join(process.env['BARTER_BENCH_DIR'] ?? tmpdir(), 'barter-durable-put-'))
  try {
    const memory = MEMORY_FILE_SYSTEMS.get(fs.statfsSync(directory).type)
    const error = memory && `${directory} is ${memory}, which is no disk: name another by BARTER_BENCH_DIR`
    const found = error === undefined ? await measure(directory, rounds) : undefined
    return report((name) => found?.get(name) ?? { rounds: [], error })
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

function report(of: (name: string) => Series): Line[] {
  const notes = { blocks: BLOCKS_PER_ROUND, blockBytes: BLOCK_BYTES }
  const half = { at: 'least', value: 0.5, stretch: 0.6 } as const
  const twice = { at: 'least', value: 2 } as const
  return [
    line('durable put: bare loop, synchronous', 'MiB/s', of('bare'), null, notes),
    line('durable put: 1 writer', 'MiB/s', of('one'), null, notes),
    line(`durable put: bare loop, ${WRITERS} writers`, 'MiB/s', of('bare many'), null, notes),
    line(`durable put: ${WRITERS} writers`, 'MiB/s', of('many'), null, notes),
    line('durable put: 1 writer of the bare loop', 'ratio', ratio(of('one'), of('bare')), half, notes),
    line(
      `durable put: ${WRITERS} writers of the bare loop with as many`,
      'ratio',
      ratio(of('many'), of('bare many')),
      half,
      notes
    ),
    line(`durable put: ${WRITERS} writers of 1 writer`, 'ratio', ratio(of('many'), of('one')), twice, notes)
  ]
}

async function measure(directory: string, rounds: number): Promise<Map<string, Series>> {
  const store = await DurableBlockstore.open(join(directory, 'store'), { hashers: await createHashers() })
  const put: Put = ({ cid, bytes }) => store.writeBlock(cid, bytes)
  const contenders: readonly [string, Contender][] = [
    ['bare', { writers: 1, put: bareLoop(join(directory, 'bare')) }],
    ['one', { writers: 1, put }],
    ['bare many', { writers: WRITERS, put: bareLoopOfPromises(join(directory, 'bare-many')) }],
    ['many', { writers: WRITERS, put }]
  ]
  const figures = new Map(contenders.map(([name]) => [name, [] as number[]]))
  // The first round makes the directories of the layout and warms up the code: nobody's figure.
  for (let round = -1; round < rounds; round++) {
    const turn = Math.max(round, 0) % contenders.length
    for (const [name, contender] of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
      const figure = await run(contender)
      if (round >= 0) figures.get(name)?.push(figure)
    }
  }
  await store.close()
  return new Map([...figures].map(([name, found]) => [name, { rounds: found }]))
}

/** MiB/s of new blocks, by so many writers that each wait for one put before the next. */
async function run({ writers, put }: Contender): Promise<number> {
  const blocks = Array.from({ length: BLOCKS_PER_ROUND }, () => blockOf(randomBytes(BLOCK_BYTES)))
  let next = 0
  const start = performance.now()
  const write = async (): Promise<void> => {
    for (let block = blocks[next++]; block !== undefined; block = blocks[next++]) await put(block)
  }
  await Promise.all(Array.from({ length: writers }, write))
  return (BLOCKS_PER_ROUND * BLOCK_BYTES) / MIB / ((performance.now() - start) / 1000)
}

function bareLoop(directory: string): Put {
  fs.mkdirSync(directory)
  return ({ cid, bytes }) => {
    const name = join(directory, cid.toString())
    const file = fs.openSync(`${name}.new`, 'wx')
    fs.writeSync(file, bytes)
    fs.fsyncSync(file)
    fs.closeSync(file)
    fs.renameSync(`${name}.new`, name)
    const parent = fs.openSync(directory, 'r')
    fs.fsyncSync(parent)
    fs.closeSync(parent)
  }
}

function bareLoopOfPromises(directory: string): Put {
  fs.mkdirSync(directory)
  return async ({ cid, bytes }) => {
    const name = join(directory, cid.toString())
    const file = await open(`${name}.new`, 'wx')
    await file.write(bytes)
    await file.sync()
    await file.close()
    await rename(`${name}.new`, name)
    const parent = await open(directory, 'r')
    await parent.sync()
    await parent.close()
  }
}

if (import.meta.main) console.log(JSON.stringify(await durablePut(Number(process.argv[2] ?? 9)), undefined, 2))
