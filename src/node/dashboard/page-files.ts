import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HandlerCall, HttpHandler } from '../../api/server/http-handler.ts'
import { PAGE_PATH } from '../../api/server/dashboard-paths.ts'
import { PAGE_HEADERS, redirectTo, sendText } from '../../api/server/page-headers.ts'

/** What the page is made of; another type in its folder is no part of it. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml'
}

interface PageFile {
  readonly bytes: Buffer
  readonly type: string
  readonly tag: string
  /** Its name holds the hash of its content: it never changes. */
  readonly isHashed: boolean
}

/** The page of this package, in `dist/page` wherever this file runs from. */
function builtPage(): string {
  const here = import.meta.url
  return fileURLToPath(new URL(here.endsWith('.ts') ? '../../../dist/page' : '../../page', here))
}

/**
 * Serves the files of the page, read once, when somebody asks for the first of them. Paths are looked up in the list of what
 * was there: a path that leads anywhere else is not in it.
 */
export class PageFiles implements HttpHandler {
  readonly path = PAGE_PATH
  readonly access = 'page'
  readonly #directory: string
  #files: Promise<ReadonlyMap<string, PageFile>> | undefined

  constructor(directory = builtPage()) {
    this.#directory = directory
  }

  async handle({ request, url }: HandlerCall, response: ServerResponse): Promise<void> {
    this.#files ??= readFiles(this.#directory)
    const files = await this.#files
    const name = url.pathname.slice(PAGE_PATH.length)
    const file = files.get(name === '' ? 'index.html' : name)
    if (files.size === 0) {
      // It may be built while the daemon runs.
      this.#files = undefined
      sendText(response, 503, 'The page is not built: run `npm run build`, then load this again.')
    } else if (file === undefined) sendText(response, 404, '404 page not found')
    else sendFile(response, file, request.method === 'HEAD', request.headers['if-none-match'])
  }
}

/** The page, and the addresses that lead to it: users of Kubo look for it at `/webui`. */
export function pageHandlers(directory?: string): readonly HttpHandler[] {
  const others = ['/dashboard', '/webui', '/webui/']
  return [new PageFiles(directory), ...others.map((path) => redirectTo(path, PAGE_PATH))]
}

async function readFiles(directory: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = new Map<string, PageFile>()
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    const name = relative(directory, path).split(sep).join('/')
    files.set(name, { bytes, type, tag, isHashed: name.startsWith('assets/') })
  }
  return files
}

function sendFile(response: ServerResponse, file: PageFile, isHead: boolean, known: string | undefined): void {
  const isFresh = known === file.tag
  response.writeHead(isFresh ? 304 : 200, {
    ...PAGE_HEADERS,
    ETag: file.tag,
    'Cache-Control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(isFresh ? {} : { 'Content-Type': file.type, 'Content-Length': file.bytes.length })
  })
  response.end(isFresh || isHead ? undefined : file.bytes)
}
