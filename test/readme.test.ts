import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { PROJECT } from './tools/source-tree.ts'

const run = promisify(execFile)
const BARTER = join(PROJECT, 'src/index.ts')

/** The program that a page shows; it imports Barter from `source`. */
function snippet(page: string, source: string): string {
  const text = readFileSync(join(PROJECT, page), 'utf8')
  const [, code = ''] = /```js\n(.*?)```/su.exec(text) ?? []
  return code.replaceAll("'barter'", `'${source}'`)
}

/** What the compiler says of a file of this project that is not on the disk. */
function complaints(code: string): readonly string[] {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: Record<string, unknown> }
  }
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, PROJECT)
  const file = join(PROJECT, 'readme-snippet.ts')
  const disk = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...disk,
    readFile: (path) => (path === file ? code : disk.readFile(path)),
    fileExists: (path) => path === file || disk.fileExists(path),
    getSourceFile: (path, language, ...rest) =>
      path === file ? ts.createSourceFile(path, code, language) : disk.getSourceFile(path, language, ...rest)
  }
  const program = ts.createProgram([file], options, host)
  const source = program.getSourceFile(file)
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')
  )
}

it.each(['README.md', 'docs/library.md'])(
  'what %s shows of the library is imported, and has the types it is used with',
  (page) => {
    const code = snippet(page, './src/index.ts')
    const [statement = '', name = ''] = /^import \{ (\w+) \}.*$/mu.exec(code) ?? []
    expect(complaints(code)).toEqual([])
    expect(complaints(code.replace(statement, ''))).toContain(`Cannot find name '${name}'.`)
  },
  60_000
)

it.each([
  ['README.md', /^9 here\n\{[^}]*bytesSent: 9,/u],
  ['docs/library.md', /blocksReceived: 0/u]
])(
  'what %s shows of the library runs as it stands',
  async (page, shows) => {
    const code = snippet(page, pathToFileURL(BARTER).href)
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: PROJECT })
    expect([stdout, stderr]).toEqual([expect.stringMatching(shows), ''])
  },
  60_000
)
