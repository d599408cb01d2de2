import { errorText } from '../api-error.ts'
import { ROUTES } from './routes.ts'

/** Commands of which not all that is sent may be written down. Of those below them nothing is either. */
const SECRETIVE = [...ROUTES.values()].filter(({ arg }) => arg?.told !== undefined).map(({ path }) => `/api/v0/${path}`)

/** What a log may hold of a request that failed: where it went, without its query, and why, unless that repeats a secret. */
export function requestFailure(target: string, error: unknown): Record<string, unknown> {
  const path = URL.canParse(target, BASE) ? new URL(target, BASE).pathname : ''
  const isSecretive = SECRETIVE.some((command) => path === command || path.startsWith(`${command}/`))
  return { path, error: isSecretive ? 'not told: what was sent may be a secret' : errorText(error) }
}

const BASE = 'http://localhost'
