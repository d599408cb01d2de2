import type * as z from 'zod'
import { nearest } from '../../did-you-mean.ts'
import { RepoError } from '../repo/repo-error.ts'
import { valueAt, type KeyPath } from './json.ts'

/** A config that cannot be used. */
export class ConfigError extends RepoError {
  /** What is wrong with it, without a word on whose it is. */
  readonly problem: string

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super('ERR_REPO_CONFIG', `the config ${file} cannot be used: ${problem}`, options)
    this.problem = problem
  }
}

export function configError(file: string, what: string, cause?: unknown): ConfigError {
  return new ConfigError(file, what, { cause })
}

export interface IssueContext {
  /** What was read. */
  readonly source: unknown
  /** Keys of the section at a path. */
  readonly keysOf: (path: KeyPath) => readonly string[]
  readonly isSecret: (path: KeyPath) => boolean
  /** What a key is when it is left out; undefined for nothing. */
  readonly defaultOf: (path: KeyPath) => unknown
  /** What set it, if it was not the file. */
  readonly sourceOf: (path: KeyPath) => string | undefined
}

/** What is wrong, a line for each key: the key, its value, and what was expected. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], context: IssueContext): string {
  return issues.map((issue) => describe(issue, context)).join('\n  and ')
}

/** A path as it is typed: `Peering.Peers[0].ID`. */
export function keyName(path: KeyPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./u, '')
}

function describe(issue: z.core.$ZodIssue, context: IssueContext): string {
  if (issue.code === 'unrecognized_keys') return describeStray(issue.path, issue.keys[0] ?? '', context)
  const by = context.sourceOf(issue.path)
  const name = keyName(issue.path) + (by === undefined ? '' : `, set by ${by},`)
  const value = valueAt(context.source, issue.path)
  if (context.isSecret(issue.path)) return `${name} is missing or wrong: expected ${issue.message}`
  return `${name} is ${shown(value, context.defaultOf(issue.path))}: expected ${issue.message}`
}

function shown(value: unknown, missing: unknown): string {
  if (value !== undefined) return shorten(JSON.stringify(value))
  return missing === undefined ? 'missing' : `${shorten(JSON.stringify(missing))} by default`
}

function describeStray(path: KeyPath, stray: string, { keysOf }: IssueContext): string {
  const names = keysOf(path)
  const full = (key: string): string => keyName([...path, key])
  const near = nearest(full(stray), names.map(full))
  const meant = near === undefined ? '' : `did you mean ${near}? `
  return `${full(stray)} is no known key: ${meant}Known are ${names.join(', ')}`
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
