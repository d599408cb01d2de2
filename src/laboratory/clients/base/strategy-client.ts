import type { Client } from '../../../session/session-like.ts'
import type { Message } from '../../../message/message.ts'
import { ClientSession } from './client-session.ts'
import type { Desk, Tactics } from './desk.ts'

/** A client whose sessions follow some tactics; `extra` is what it does beside. */
export function strategyClient(tactics: (desk: Desk) => Tactics, extra: Omit<Client, 'session'> = {}): Client {
  return { ...extra, session: (parts, hints, fixed) => new ClientSession({ parts, hints, fixed, tactics }) }
}

/** The message with all wants as they were before bitswap 1.2, when nobody could say "dont-have". */
export function withoutDontHaves(message: Message): Message {
  if (message.wants.length === 0) return message
  return { ...message, wants: message.wants.map((want) => ({ ...want, sendDontHave: false })) }
}
