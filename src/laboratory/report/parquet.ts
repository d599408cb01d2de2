import { parquetWriteFile } from 'hyparquet-writer'
import type { MetricTable } from './metric-table.ts'

/** Writes every row of the results as Parquet. */
export function writeParquet(filename: string, table: MetricTable): void {
  parquetWriteFile({
    filename,
    columnData: [
      { name: 'server', data: table.server, type: 'STRING' },
      { name: 'client', data: table.client, type: 'STRING' },
      { name: 'seed', data: table.seed, type: 'INT32' },
      { name: 'peer', data: table.peer, type: 'INT32' },
      { name: 'role', data: table.role, type: 'STRING' },
      { name: 'metric', data: table.metric, type: 'STRING' },
      { name: 'value', data: table.value, type: 'DOUBLE' },
      { name: 'unit', data: table.unit, type: 'STRING' },
      { name: 'world', data: table.world, type: 'STRING' }
    ]
  })
}
