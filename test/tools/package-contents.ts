/**
 * Reads what `npm pack --dry-run --json` prints, and says what is missing from the package or has no place in it.
 * Use: npm pack --dry-run --json --ignore-scripts | node test/tools/package-contents.ts
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { PROJECT } from './source-tree.ts'

export interface Manifest {
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: unknown
}

const ALWAYS = ['package.json', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE-APACHE', 'LICENSE-MIT']
const NO_PLACE = /^(src|test|examples|benchmarks|\.ci)\/|\.tsbuildinfo$|\.test\.|(^|\/)\.(env|npmrc)|\.log$/

/** Complaints about the files of a package. What the README leads to must be among them. */
export function packageComplaints(files: readonly string[], manifest: Manifest, readme: string): string[] {
  const needed = new Set([...ALWAYS, ...targets(manifest.bin), ...targets(manifest.exports), ...links(readme)])
  return [
    ...[...needed].filter((path) => !files.includes(path)).map((path) => `${path} is missing`),
    ...files.filter((path) => NO_PLACE.test(path)).map((path) => `${path} has no place in the package`)
  ]
}

/** Every path that a part of the manifest points at. */
function targets(part: unknown): string[] {
  if (typeof part === 'string') return [part.replace(/^\.\//, '')]
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(targets) : []
}

/** Files that a text in Markdown links to. */
function links(markdown: string): string[] {
  const found = Array.from(markdown.matchAll(/\]\(([^)\s#]+)/gu), ([, target = '']) => target)
  return found.filter((target) => !/^[a-z]+:/u.test(target)).map((target) => target.replace(/^\.\//, ''))
}

if (import.meta.main) {
  const packed: unknown = JSON.parse(await text(process.stdin))
  const [{ files }] = packed as [{ files: { path: string }[] }]
  const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as Manifest
  const paths = files.map((file) => file.path)
  const complaints = packageComplaints(paths, manifest, readFileSync(join(PROJECT, 'README.md'), 'utf8'))
  for (const complaint of complaints) console.error(complaint)
  console.log(`package: ${paths.length} files, ${complaints.length} complaints`)
  if (complaints.length > 0) process.exitCode = 1
}
