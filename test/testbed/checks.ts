/** What must hold at the end of a round, as functions of what the peers reported: each returns its complaints. */
import type { BlockName, Ending, PeerState } from './peer-calls.ts'

/** A peer's report, with its name among hosts. */
export interface Report {
  readonly host: number
  readonly id: string
  readonly state: PeerState
}

/** How a want has to end: with the block, or with a failure of the caller's own making. */
export type Expected = 'block' | 'given-up'

/** `digestOf` gives the right digest of a block, computed by whoever checks. */
export function checkEndings(
  host: number,
  wanted: readonly BlockName[],
  endings: readonly Ending[],
  expected: Expected,
  digestOf: (name: BlockName) => string
): string[] {
  const byNumber = new Map(endings.map((ending) => [ending.number, ending]))
  const twice = endings.length - byNumber.size
  const complaints = twice === 0 ? [] : [`host ${host}: ${twice} wants ended twice`]
  for (const name of wanted) {
    const ending = byNumber.get(name.number)
    const wrong = ending === undefined ? 'never ended' : wrongWith(name, ending, expected, digestOf)
    if (wrong !== undefined) complaints.push(`host ${host}: want ${name.number} of ${name.size} bytes ${wrong}`)
  }
  return complaints
}

function wrongWith(
  name: BlockName,
  { sha256, bytes, failed, ms }: Ending,
  expected: Expected,
  digestOf: (name: BlockName) => string
): string | undefined {
  if (expected === 'given-up') {
    if (failed === undefined) return `came, though nobody has it`
    return failed.startsWith('TimeoutError') ? undefined : `failed before its caller gave up: ${failed}`
  }
  if (failed !== undefined) return `failed after ${ms} ms: ${failed}`
  if (bytes !== name.size) return `came with ${bytes ?? 0} bytes`
  return sha256 === digestOf(name) ? undefined : 'came with wrong bytes'
}

/**
 * Both sides of every connection agree: what a partner believes to be wanted is wanted, everybody knows of the standing
 * wants, and all peers are partners. `standing` names the wants of each host that nobody can fulfil yet.
 */
export function checkAgreement(reports: readonly Report[], standing: ReadonlyMap<number, readonly string[]>): string[] {
  return reports.flatMap((wanting) => {
    const { host, id, state } = wanting
    const wants = new Set(state.wants)
    const expected = standing.get(host) ?? []
    const others = reports.filter((other) => other !== wanting)
    return [
      ...state.wants
        .filter((want) => !expected.includes(want))
        .map((want) => `host ${host} still wants ${short(want)}`),
      ...expected.filter((want) => !wants.has(want)).map((want) => `host ${host} forgot that it wants ${short(want)}`),
      ...others.flatMap((other) => {
        const told = other.state.wantsOf[id]
        if (told === undefined || !state.partners.includes(other.id))
          return [`hosts ${host} and ${other.host} are apart`]
        return [
          ...told
            .filter((want) => !wants.has(want))
            .map((want) => `host ${other.host} holds a want that host ${host} let go: ${short(want)}`),
          ...expected
            .filter((want) => !told.includes(want))
            .map((want) => `host ${other.host} was not told that host ${host} wants ${short(want)}`)
        ]
      })
    ]
  })
}

/** Nobody received more of a partner than that partner says it sent. */
export function checkLedgers(reports: readonly Report[]): string[] {
  const sentBy = (giver: Report, taker: Report): number =>
    giver.state.ledgers.find(({ peer }) => peer === taker.id)?.sent ?? 0
  return reports.flatMap((taker) =>
    reports.flatMap((giver) => {
      const received = taker.state.ledgers.find(({ peer }) => peer === giver.id)?.received ?? 0
      const sent = sentBy(giver, taker)
      return received > sent
        ? [`host ${taker.host} received ${received} bytes of host ${giver.host}, which sent ${sent}`]
        : []
    })
  )
}

function short(digest: string): string {
  return digest.slice(0, 12)
}
