import { token } from '../state/app-state.ts'

/** What a command answered when it did not do what it was asked. */
export class CommandError extends Error {}

export type Options = Readonly<Record<string, string | readonly string[]>>

export function commandUrl(path: string, options: Options = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(options)) {
    for (const one of typeof value === 'string' ? [value] : value) query.append(name, one)
  }
  const text = query.toString()
  return `/api/v0/${path}${text === '' ? '' : `?${text}`}`
}

export function authorization(): Readonly<Record<string, string>> {
  return token.value === '' ? {} : { Authorization: `Bearer ${token.value}` }
}

/** Gives a command, and waits for the beginning of its answer. Rejects with `CommandError` when it was refused. */
export async function openCommand(path: string, options: Options = {}, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(commandUrl(path, options), {
    method: 'POST',
    headers: authorization(),
    cache: 'no-store',
    ...(signal === undefined ? {} : { signal })
  })
  if (!response.ok) throw new CommandError(errorText(await response.text(), response.status))
  return response
}

/** Gives a command that answers with one object, or with nothing. */
export async function command(path: string, options: Options = {}, signal?: AbortSignal): Promise<unknown> {
  const text = await (await openCommand(path, options, signal)).text()
  return text.trim() === '' ? undefined : (JSON.parse(text) as unknown)
}

/** What is only looked at: GET, as the feed is. */
export async function look(path: string, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(path, {
    headers: authorization(),
    cache: 'no-store',
    ...(signal === undefined ? {} : { signal })
  })
  if (!response.ok) throw new CommandError(errorText(await response.text(), response.status))
  return await response.json()
}

/** The message in the body of a failed command. */
export function errorText(body: string, status: number): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'Message' in parsed) return String(parsed.Message)
  } catch {
    // It is no JSON: a refusal, which is a line of text.
  }
  const line = body.trim().split('\n')[0] ?? ''
  return line === '' ? `The daemon answered ${status}.` : line.slice(0, 400)
}
