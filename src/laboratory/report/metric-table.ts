import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { InvalidParametersError } from '../../errors.ts'
import { CSV_HEADER } from '../experiment/result-writer.ts'

/** Rows of `metrics.csv`, as columns. */
export interface MetricTable {
  readonly server: string[]
  readonly client: string[]
  readonly seed: number[]
  readonly peer: number[]
  readonly role: string[]
  readonly metric: string[]
  readonly value: number[]
  readonly unit: string[]
  /** In which kind of world. */
  readonly world: string[]
}

/** Reads the rows of a directory of results. */
export async function readMetrics(file: string): Promise<MetricTable> {
  const table: MetricTable = {
    ...{ server: [], client: [], seed: [], peer: [], role: [] },
    ...{ metric: [], value: [], unit: [], world: [] }
  }
  let isFirst = true
  for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
    if (isFirst && line !== CSV_HEADER) throw new InvalidParametersError(`${file} does not begin with ${CSV_HEADER}`)
    if (!isFirst) addRow(table, splitCsv(line))
    isFirst = false
  }
  return table
}

function addRow(table: MetricTable, fields: readonly string[]): void {
  const [, server = '', client = '', seed, peer, role = '', metric = '', value, unit = '', world = ''] = fields
  table.server.push(server)
  table.client.push(client)
  table.seed.push(Number(seed))
  table.peer.push(Number(peer))
  table.role.push(role)
  table.metric.push(metric)
  table.value.push(Number(value))
  table.unit.push(unit)
  table.world.push(world)
}

/** The fields of one line; a field in quotes holds what would part fields otherwise, and two quotes for one. */
export function splitCsv(line: string): string[] {
  const fields: string[] = []
  let at = 0
  while (at <= line.length) {
    if (line[at] === '"') {
      let field = ''
      for (at++; ; at++) {
        const quote = line.indexOf('"', at)
        field += line.slice(at, quote)
        at = quote + 1
        if (line[at] !== '"') break
        field += '"'
      }
      fields.push(field)
      at++
    } else {
      const comma = line.indexOf(',', at)
      const end = comma < 0 ? line.length : comma
      fields.push(line.slice(at, end))
      at = end + 1
    }
  }
  return fields
}
