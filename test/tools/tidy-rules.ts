/**
 * The style rules that a program can see. Each takes one file and returns its complaints; `test/tidy.test.ts` asks them
 * about every file of the project.
 */
import ts from 'typescript'
import { isCore, isPure, type SourceText } from './source-tree.ts'

export const MAX_FILE_LINES = 300
export const MAX_FUNCTION_LINES = 50
export const MAX_EXAMPLE_LINES = 60

export interface Rule {
  readonly name: string
  applies(source: SourceText): boolean
  /** What is wrong, each with its line where there is one. */
  check(source: SourceText): string[]
}

const isSource = ({ path }: SourceText): boolean => /^src\/.*\.tsx?$/.test(path)
const isCode = ({ path }: SourceText): boolean => /\.tsx?$/.test(path)

/** Names that reach past the ports: time, chance, files, the process, the network. */
const WORLDLY = new Set(
  'Date setTimeout setInterval setImmediate queueMicrotask performance process crypto fetch'.split(' ')
)
const WORLDLY_MEMBERS = new Set(['Math.random', 'AbortSignal.timeout'])
const LIBP2P = /^(@libp2p\/|libp2p$|libp2p\/|@chainsafe\/libp2p|@multiformats\/multiaddr)/
const LIBP2P_HOMES = /^src\/(network\/libp2p|routing\/libp2p|node|helia|laboratory\/libp2p)\//
const TESTS_IN_VIRTUAL_TIME =
  /^test\/(session|wants|peers|blocks|engine|ledger|policy|trust|message|simulation|scenarios|behaviours|exchange|[^/]+\.test\.ts$)/

export const RULES: readonly Rule[] = [
  {
    name: `a source file has at most ${MAX_FILE_LINES} lines`,
    applies: isSource,
    check: (source) => tooLong(source, MAX_FILE_LINES)
  },
  {
    name: `an example has at most ${MAX_EXAMPLE_LINES} lines`,
    applies: ({ path }) => /^examples\/[^/]+\.ts$/.test(path),
    check: (source) => tooLong(source, MAX_EXAMPLE_LINES)
  },
  { name: `a function has at most ${MAX_FUNCTION_LINES} lines`, applies: isSource, check: longFunctions },
  {
    name: 'the core sees the world through its ports alone',
    applies: ({ path }) => isCore(path),
    check: (source) => worldlyNames(source)
  },
  { name: 'a pure file is synchronous', applies: isPure, check: asynchronousCode },
  {
    name: 'libp2p is imported by its adapter and by the node alone',
    applies: (source) => isSource(source) && !LIBP2P_HOMES.test(source.path),
    check: (source) => imports(source, (from) => LIBP2P.test(from))
  },
  { name: 'every collection in a field states its bound', applies: isSource, check: unboundedFields },
  { name: 'a file exports by name', applies: isCode, check: defaultExports },
  {
    name: 'a file is named in kebab-case',
    applies: isCode,
    check: ({ path }) => (/^[a-z0-9-]+(\.test|\.config|\.d)?\.tsx?$/.test(path.split('/').at(-1) ?? '') ? [] : [path])
  },
  {
    name: 'nothing is left for later',
    applies: () => true,
    check: (source) => matchingLines(source, /\b(TO[D]O|FIX[M]E|X[X]X)\b/)
  },
  {
    name: 'every test runs',
    applies: ({ path }) => path.startsWith('test/'),
    check: (source) => matchingLines(source, /\b(it|test|describe)\.(skip|only|todo)\b/)
  },
  {
    name: 'a test of the core does not sleep',
    applies: ({ path }) => TESTS_IN_VIRTUAL_TIME.test(path),
    check: (source) => calls(source, new Set(['setTimeout', 'setInterval']))
  },
  {
    name: 'no registry is named',
    applies: () => true,
    check: (source) => matchingLines(source, /"resolved": *"https?:|https?:\/\/(registry|npm)[.-]/)
  }
]

/** All complaints of one rule about `sources`, and how many files it looked at. */
export function ask(rule: Rule, sources: readonly SourceText[]): { looked: number; complaints: string[] } {
  const looked = sources.filter((source) => rule.applies(source))
  const complaints = looked.flatMap((source) => rule.check(source).map((what) => `${source.path}: ${what}`))
  return { looked: looked.length, complaints }
}

function tooLong(source: SourceText, max: number): string[] {
  const lines = source.text.trimEnd().split('\n').length
  return lines > max ? [`${lines} lines`] : []
}

function longFunctions(source: SourceText): string[] {
  return walk(source, (node, line) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return undefined
    const lines = line(node.end) - line(node.getStart()) + 1
    return lines > MAX_FUNCTION_LINES ? `a function of ${lines} lines` : undefined
  })
}

function worldlyNames(source: SourceText): string[] {
  const used = walk(source, (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      return WORLDLY_MEMBERS.has(node.getText()) ? node.getText() : undefined
    }
    if (!ts.isIdentifier(node) || !WORLDLY.has(node.text) || isJustAName(node)) return undefined
    return node.text
  })
  return [...used, ...imports(source, (from) => from.startsWith('node:'))]
}

/** True where an identifier names a member or a property of its own, and not something global. */
function isJustAName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node
  const named = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)
  return (named || ts.isPropertyDeclaration(parent) || ts.isMethodDeclaration(parent)) && parent.name === node
}

function asynchronousCode(source: SourceText): string[] {
  return walk(source, (node) => {
    return node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node) ? 'asynchronous code' : undefined
  })
}

function imports(source: SourceText, isWrong: (from: string) => boolean): string[] {
  return walk(source, (node) => {
    const isImport =
      ts.isImportDeclaration(node) ||
      ts.isExportDeclaration(node) ||
      ts.isImportTypeNode(node) ||
      (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    if (!isImport) return undefined
    const from = /['"]([^'"]+)['"]\)?$/.exec(node.getText().split(' with ')[0] ?? '')?.[1]
    return from !== undefined && isWrong(from) ? `imports ${from}` : undefined
  })
}

function unboundedFields(source: SourceText): string[] {
  return walk(source, (node) => {
    if (!ts.isPropertyDeclaration(node) || !isCollection(node)) return undefined
    const comments = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []
    const isStated = comments.some(({ pos, end }) => source.text.slice(pos, end).includes('Bounded:'))
    return isStated ? undefined : `${node.name.getText()} does not say how it is bounded`
  })
}

function isCollection(field: ts.PropertyDeclaration): boolean {
  const { initializer, type } = field
  if (initializer !== undefined && ts.isNewExpression(initializer)) {
    return /^(Map|Set|Array)$/.test(initializer.expression.getText())
  }
  if (initializer !== undefined && ts.isArrayLiteralExpression(initializer)) return true
  if (type === undefined) return false
  return ts.isArrayTypeNode(type) || /^(Map|Set|Array)</.test(type.getText())
}

function defaultExports(source: SourceText): string[] {
  if (/\.config\.ts$/.test(source.path)) return []
  return walk(source, (node) =>
    ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword ? defaultExport(node) : undefined
  )
}

function defaultExport(node: ts.Node): string | undefined {
  return ts.isCaseOrDefaultClause(node) || ts.isDefaultClause(node.parent) ? undefined : 'a default export'
}

function calls(source: SourceText, names: ReadonlySet<string>): string[] {
  return walk(source, (node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined
    return names.has(node.expression.text) ? `calls ${node.expression.text}` : undefined
  })
}

function matchingLines(source: SourceText, pattern: RegExp): string[] {
  const lines = source.text.split('\n')
  return lines.flatMap((line, index) => (pattern.test(line) ? [`line ${index + 1}: ${line.trim().slice(0, 100)}`] : []))
}

/** Asks `look` about every node of a file; gathers its answers with their lines. */
function walk(
  source: SourceText,
  look: (node: ts.Node, line: (position: number) => number) => string | undefined
): string[] {
  const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true)
  const line = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const what = look(node, line)
    if (what !== undefined) found.push(`line ${line(node.getStart())}: ${what}`)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
