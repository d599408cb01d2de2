/**
 * Reads what `npm pack --dry-run --json` prints, and says what is missing from the package or has no place in it.
 * Use: npm pack --dry-run --json --ignore-scripts | node test/tools/package-contents.ts
 */
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { text } from 'node:stream/consumers'
import { PROJECT } from './source-tree.ts'

export interface Manifest {
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: unknown
  readonly scripts?: Readonly<Record<string, string>>
}

const ALWAYS = ['package.json', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE-APACHE', 'LICENSE-MIT']
const NO_PLACE = /^(src|test|examples|benchmarks|\.ci)\/|\.tsbuildinfo$|\.test\.|(^|\/)\.(env|npmrc)|\.log$/

/** What npm asks whoever installs the package to allow, though there is nothing left to build. */
const AT_INSTALLATION = ['preinstall', 'install', 'postinstall', 'prepare']

/** Complaints about the files of a package. What its pages, by their paths, lead to must be among them. */
export function packageComplaints(
  files: readonly string[],
  manifest: Manifest,
  pages: Readonly<Record<string, string>>
): string[] {
  const led = Object.entries(pages).flatMap(([path, page]) => links(path, page))
  const needed = new Set([...ALWAYS, ...targets(manifest.bin), ...targets(manifest.exports), ...led])
  return [
    ...[...needed].filter((path) => !files.includes(path)).map((path) => `${path} is missing`),
    ...files.filter((path) => NO_PLACE.test(path)).map((path) => `${path} has no place in the package`),
    ...AT_INSTALLATION.filter((script) => manifest.scripts?.[script] !== undefined).map(
      (script) => `the script "${script}" is warned of at each installation`
    )
  ]
}

/** Every path that a part of the manifest points at. */
function targets(part: unknown): string[] {
  if (typeof part === 'string') return [part.replace(/^\.\//, '')]
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(targets) : []
}

/** Files that a page in Markdown links to. */
function links(path: string, markdown: string): string[] {
  const found = Array.from(markdown.matchAll(/\]\(([^)\s#]+)/gu), ([, target = '']) => target)
  return found.filter((target) => !/^[a-z]+:/u.test(target)).map((target) => posix.join(posix.dirname(path), target))
}

if (import.meta.main) {
  const packed: unknown = JSON.parse(await text(process.stdin))
  const [{ files }] = packed as [{ files: { path: string }[] }]
  const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as Manifest
  const paths = files.map((file) => file.path)
  const read = (path: string) => [path, readFileSync(join(PROJECT, path), 'utf8')] as const
  const pages = Object.fromEntries(paths.filter((path) => path.endsWith('.md')).map(read))
  const complaints = packageComplaints(paths, manifest, pages)
  for (const complaint of complaints) console.error(complaint)
  console.log(`package: ${paths.length} files, ${complaints.length} complaints`)
  if (complaints.length > 0) process.exitCode = 1
}
