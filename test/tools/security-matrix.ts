/** The matrix in docs/security.md, made from the cases that are tested. Run as a program it writes it, else a test checks it. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MATRIX } from '../api/rpc-matrix.ts'
import { PROJECT } from './source-tree.ts'

export const SECURITY = join(PROJECT, 'docs', 'security.md')
const START = '<!-- matrix: made by test/tools/security-matrix.ts -->'
const END = '<!-- end of the matrix -->'

/** What stands between the marks: cases with the same answer on one line. */
export function matrixTable(): string {
  const groups = new Map<string, string[]>()
  for (const { group, who, status } of MATRIX) {
    const key = `${group} | ${status}`
    groups.set(key, [...(groups.get(key) ?? []), who.replaceAll('|', '\\|')])
  }
  const rows = [...groups].map(([key, cases]) => `| ${key} | ${cases.join('; ')} |`)
  return [`${MATRIX.length} cases.`, '', '| what differs | status | cases |', '|---|---|---|', ...rows].join('\n')
}

export function withMatrix(page: string): string {
  const [before, rest] = [page.split(START)[0] ?? '', page.split(END)[1]]
  if (rest === undefined) throw new Error(`${SECURITY} has no place for the matrix`)
  return `${before}${START}\n\n${matrixTable()}\n\n${END}${rest}`
}

if (import.meta.main) await writeFile(SECURITY, withMatrix(await readFile(SECURITY, 'utf8')))
