import { CID } from 'multiformats/cid'
import { peerIdFromString } from '@libp2p/peer-id'
import * as z from 'zod'
import type { PolicyRule } from '../../exchange.ts'
import { toPeerId } from '../../ids.ts'
import type { JsonObject } from './json.ts'
import { listOf, ownSection, structured } from './keys.ts'

/** `{ "Peer": "12D3…" }`, `{ "CID": "bafy…" }`, or both: see `ExchangePolicy` for what the rules mean. */
const rule = ownSection({
  Peer: parsed('a peer id', (text) => toPeerId(peerIdFromString(text))),
  CID: parsed('a CID', (text) => CID.parse(text))
}).superRefine(({ Peer, CID: cid }, context) => {
  if (Peer !== undefined || cid !== undefined) return
  context.addIssue({ code: 'custom', path: ['Peer'], message: 'a peer id, unless there is a CID' })
})

const rules = (description: string) =>
  structured(description, 'a list such as [{"Peer": "12D3KooW…"}, {"CID": "bafy…"}]', listOf(rule).prefault([]), {
    missing: [],
    isLive: true
  })

export const policySchema = ownSection({
  Deny: rules('Peers not dealt with, and blocks not served; an entry with both denies that block to that peer.'),
  Allow: rules(
    'Peers, or blocks, that are dealt with or served; as soon as there is one, others are not. Where peers are allowed, the gateway serves nothing: it knows no peers.'
  )
}).prefault({})

export function toRules({ Deny, Allow }: z.output<typeof policySchema>): readonly PolicyRule[] {
  return [
    ...Deny.map(({ Peer, CID: cid }) => ({ effect: 'deny', peer: Peer, cid }) as const),
    ...Allow.map(({ Peer, CID: cid }) => ({ effect: 'allow', peer: Peer, cid }) as const)
  ]
}

/** The same rules as they stand in a config. */
export function writePolicy(source: JsonObject, written: readonly PolicyRule[]): JsonObject {
  const list = (wanted: PolicyRule['effect']): JsonObject[] =>
    written
      .filter(({ effect }) => effect === wanted)
      .map(({ peer, cid }) => ({ ...(peer && { Peer: peer }), ...(cid && { CID: cid.toString() }) }))
  const barter = source['Barter']
  const others = typeof barter === 'object' && barter !== null ? barter : {}
  return { ...source, Barter: { ...others, Policy: { Deny: list('deny'), Allow: list('allow') } } }
}

function parsed<Value>(what: string, read: (text: string) => Value) {
  return z
    .string({ error: what })
    .transform((text, context): Value => {
      try {
        return read(text)
      } catch {
        context.addIssue({ code: 'custom', message: what })
        return z.NEVER
      }
    })
    .optional()
}
