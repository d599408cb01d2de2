import { expect, test } from 'vitest'
import { runTask } from '../../../../src/laboratory/experiment/cell-task.ts'

const [LEECHES, SEEDS, BLOCKS] = [10, 3, 13]

/**
 * Leeches that are connected and want the same relay for each other: were each told of every "have" of every other, these
 * would go round for ever.
 */
test.each(['ttl', 'ttl:ttl=3', 'ttl-inspection', 'ttl:store=false'])(
  '%s: messages are bounded in a mesh',
  async (client) => {
    const json = {
      name: 'mesh',
      topology: { kind: 'mesh', seed: SEEDS, leech: LEECHES },
      link: { latency_ms: 100, jitter_pct: 10, bandwidth_mb: 100 },
      content: { file_size: 3_000_000, rawLeaves: false }
    }
    const { messages, rows } = await runTask({ json, spec: { server: 'go-default', client, seed: 1 }, detail: 'world' })
    const failed = rows.find(({ metric }) => metric === 'failed')?.value
    expect(failed).toBe(0)
    // Of a block, one peer tells another each of this at most once: want-have, want-block, cancel, two of what it has, block.
    const pairs = LEECHES * (LEECHES - 1 + 2 * SEEDS)
    expect(messages).toBeLessThan(6 * BLOCKS * pairs)
  }
)
