import type { HttpHandler } from './http-handler.ts'

/** The handler of a path; of several that fit, the one that says most of the path. */
export function findHandler(handlers: readonly HttpHandler[], pathname: string): HttpHandler | undefined {
  return handlers
    .filter(({ path }) => pathname === path || (path.endsWith('/') && pathname.startsWith(path)))
    .toSorted((a, b) => b.path.length - a.path.length)[0]
}
