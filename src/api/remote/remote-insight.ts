import type { ApiCaller } from './api-caller.ts'
import { ApiError } from '../api-error.ts'
import type { DiagnoseOptions, Diagnosis, Finding, InsightCommands, WantsOptions } from '../service/insight-service.ts'
import type { EnginePart, Listing, PartnerRow } from '../service/insight-snapshot.ts'
import type { AskedPeer, SessionRow, StuckReason, WantRow } from '../service/insight-wants.ts'
import { fields, list, number, optional, text, type Fields } from './wire.ts'

const PHASES = ['looking', 'ready', 'asked', 'searching', 'storing'] as const
const KINDS = ['block', 'have', 'none'] as const
const ANSWERS = ['have', 'dont-have', 'silent'] as const
const DIRECTIONS = ['inbound', 'outbound'] as const
const POLICIES = ['allowed', 'denied', 'default'] as const
const LEVELS = ['ok', 'note', 'warning', 'problem'] as const

/** What a peer in another process is doing. */
export class RemoteInsight implements InsightCommands {
  readonly #calls: Pick<ApiCaller, 'json'>

  constructor(calls: Pick<ApiCaller, 'json'>) {
    this.#calls = calls
  }

  async wants(limit?: number, { label, signal }: WantsOptions = {}): Promise<Listing<WantRow>> {
    return toListing(await this.#calls.json('bitswap/wants', { limit, for: label }, { signal }), toWant)
  }

  async partners(limit?: number): Promise<Listing<PartnerRow>> {
    return toListing(await this.#calls.json('bitswap/partners', { limit }), toPartner)
  }

  async sessions(limit?: number): Promise<Listing<SessionRow>> {
    return toListing(await this.#calls.json('bitswap/sessions', { limit }), toSession)
  }

  async engine(): Promise<EnginePart> {
    const from = await this.#calls.json('bitswap/engine', {})
    return {
      strategy: text(from, 'strategy'),
      about: text(from, 'about'),
      ...numbers(from, ['slots', 'slotsUsed', 'waitingPartners', 'wants', 'pendingTasks', 'activeTasks']),
      ...numbers(from, ['pendingBytes', 'inFlightBytes', 'lookups', 'waitingEntries', 'refusedPartners'])
    }
  }

  async unwant(cid: string): Promise<number> {
    return number(await this.#calls.json('bitswap/unwant', { arg: cid }), 'Sessions')
  }

  async diagnose(path?: string, { withinMs, signal }: DiagnoseOptions = {}): Promise<Diagnosis> {
    const within = withinMs === undefined ? undefined : `${withinMs}ms`
    const from = await this.#calls.json('doctor', { arg: path, within }, { signal })
    return { cid: optional(from, 'cid', text), findings: list(from, 'findings').map(toFinding) }
  }
}

function toListing<Row>(from: Fields, toRow: (row: Fields) => Row): Listing<Row> {
  return { total: number(from, 'total'), rows: list(from, 'rows').map((row) => toRow(fields(row, 'rows'))) }
}

function toWant(from: Fields): WantRow {
  return {
    id: text(from, 'id'),
    kind: oneOf(from, 'kind', KINDS),
    session: text(from, 'session'),
    label: text(from, 'label'),
    phase: oneOf(from, 'phase', PHASES),
    ...numbers(from, ['since', 'sessions', 'asked', 'have', 'dontHave', 'silent']),
    peers: list(from, 'peers').map(toAsked),
    lastSentAt: optional(from, 'lastSentAt', number),
    stuckBecause: optional(from, 'stuckBecause', toReason),
    damaged: truth(from, 'damaged') || undefined
  }
}

function toAsked(value: unknown): AskedPeer {
  const from = fields(value, 'peers')
  return {
    peer: text(from, 'peer'),
    answer: oneOf(from, 'answer', ANSWERS),
    dueSince: optional(from, 'dueSince', number)
  }
}

/** A code that is not known here comes from a newer daemon: its text says all the same what there is to say. */
function toReason(parent: Fields, name: string): StuckReason {
  const from = fields(parent[name], name)
  return { code: text(from, 'code') as StuckReason['code'], text: text(from, 'text') }
}

function toSession(from: Fields): SessionRow {
  return {
    id: text(from, 'id'),
    label: text(from, 'label'),
    ...numbers(from, [
      'since',
      'open',
      'done',
      'looking',
      'ready',
      'asked',
      'searching',
      'peers',
      'named',
      'unreached'
    ]),
    isFixed: truth(from, 'isFixed'),
    failures: from['failures'] === undefined ? undefined : list(from, 'failures').map(toFailure)
  }
}

function toFailure(value: unknown): { readonly name: string; readonly reason: string } {
  const from = fields(value, 'failures')
  return { name: text(from, 'name'), reason: text(from, 'reason') }
}

function toPartner(from: Fields): PartnerRow {
  return {
    id: text(from, 'id'),
    isConnected: truth(from, 'isConnected'),
    agent: optional(from, 'agent', text),
    direction: optional(from, 'direction', (one, name) => oneOf(one, name, DIRECTIONS)),
    address: optional(from, 'address', text),
    connectedAt: optional(from, 'connectedAt', number),
    protocol: optional(from, 'protocol', text),
    latencyMs: optional(from, 'latencyMs', number),
    ...numbers(from, ['connections', 'sent', 'received', 'exchanges', 'debtRatio', 'wants', 'pendingTasks']),
    ...numbers(from, ['queuedBytes', 'inFlightBytes', 'overflowDropped', 'owes', 'told', 'score', 'worth']),
    banned: optional(from, 'banned', (one, name) => {
      const ban = fields(one[name], name)
      return { reason: text(ban, 'reason'), until: number(ban, 'until') }
    }),
    policy: oneOf(from, 'policy', POLICIES),
    upload: optional(from, 'upload', number),
    download: optional(from, 'download', number),
    isKept: truth(from, 'isKept')
  }
}

function toFinding(value: unknown): Finding {
  const from = fields(value, 'findings')
  return {
    level: oneOf(from, 'level', LEVELS),
    code: text(from, 'code'),
    text: text(from, 'text'),
    advice: optional(from, 'advice', text)
  }
}

function numbers<Name extends string>(from: Fields, names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, number(from, name)])) as Record<Name, number>
}

function oneOf<One extends string>(from: Fields, name: string, known: readonly One[]): One {
  const value = text(from, name)
  const found = known.find((one) => one === value)
  if (found === undefined) throw new ApiError('command', `the daemon's answer has "${value}" for "${name}"`)
  return found
}

function truth(from: Fields, name: string): boolean {
  return from[name] === true
}
