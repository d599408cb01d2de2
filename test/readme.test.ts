import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { PROJECT } from './tools/source-tree.ts'

/** What the README leaves to its reader. */
const GIVEN = `
declare const libp2p: Awaited<ReturnType<typeof createLibp2p>>
declare const blockstore: import('interface-blockstore').Blockstore
declare const [cid, root]: readonly [import('multiformats/cid').CID, import('multiformats/cid').CID]
declare const cids: readonly import('multiformats/cid').CID[]
declare const links: readonly import('multiformats/cid').CID[]
declare const bytes: Uint8Array
declare const signal: AbortSignal
declare const peer: import('@libp2p/interface').PeerId
declare const providers: readonly import('@libp2p/interface').PeerId[]
declare const repo: string
`

function snippet(): string {
  const text = readFileSync(join(PROJECT, 'README.md'), 'utf8')
  const [, code = ''] = /```ts\n(.*?)```/su.exec(text) ?? []
  return code.replaceAll("'barter'", "'./src/index.ts'") + GIVEN
}

/** What the compiler says of a file of this project that is not on the disk. */
function complaints(code: string): readonly string[] {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: Record<string, unknown> }
  }
  const unused = { noUnusedLocals: false, lib: ['ES2024', 'ESNext.Disposable'] }
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, ...unused }, PROJECT)
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

it('what the README shows of the library is imported, and has the types it is used with', () => {
  const code = snippet()
  expect(complaints(code)).toEqual([])
  expect(complaints(code.replace(/^import \{ identify \}.*$/mu, ''))).toEqual(["Cannot find name 'identify'."])
}, 60_000)
