import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import type { Fabric, Link } from './fabric.ts'
import { planFaults, type RoundKind } from './fault-plan.ts'
import type { Flags } from './flags.ts'
import { PeerHandle } from './peer-handle.ts'
import { reportsOf, Round, type RoundResult } from './round.ts'
import { planWork } from './workload.ts'

/** Complaints of one round that are shown. */
const MAX_PRINTED = 40
/** Room for the blocks of one round. */
const NUMBERS_PER_ROUND = 100_000

/** Starts the peers, runs the rounds, prints a line for each; resolves with the exit code. */
export async function runTestbed(fabric: Fabric, links: readonly Link[], flags: Flags): Promise<number> {
  console.log(fabric.describe)
  const peers: PeerHandle[] = []
  let broken = 0
  try {
    for (let host = 1; host <= flags.peers; host++) peers.push(await PeerHandle.start(fabric, host, flags.seed))
    await meet(fabric, peers)
    broken = await runRounds(fabric, links, peers, flags)
    await summarize(fabric, peers)
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()))
  }
  const last = complaintsOf(peers)
  if (last.length > 0) print(last)
  const verdict = broken === 0 ? 'all rounds good' : `${broken} of ${flags.rounds} rounds BROKEN`
  console.log(
    `${fabric.kind}: ${verdict}, ${last.length === 0 ? 'all peers ended well' : 'peers ended BADLY'}; seed ${flags.seed}`
  )
  return broken === 0 && last.length === 0 ? 0 : 1
}

/** Returns how many rounds were broken. */
async function runRounds(
  fabric: Fabric,
  links: readonly Link[],
  peers: readonly PeerHandle[],
  flags: Flags
): Promise<number> {
  console.log(HEADER)
  let broken = 0
  for (let round = 0; round < flags.rounds; round++) {
    const kind = flags.kinds[round % flags.kinds.length] ?? 'calm'
    const result = await runRound(fabric, links, peers, { round, kind, flags })
    const complaints = [...result.complaints, ...complaintsOf(peers)]
    console.log(rowOf(round, kind, result, complaints))
    print(complaints)
    if (complaints.length > 0) broken++
  }
  return broken
}

function complaintsOf(peers: readonly PeerHandle[]): string[] {
  return peers.flatMap((peer) => peer.takeComplaints())
}

function print(complaints: readonly string[]): void {
  for (const complaint of complaints.slice(0, MAX_PRINTED)) console.log(`    ${complaint}`)
  if (complaints.length > MAX_PRINTED) console.log(`    … and ${complaints.length - MAX_PRINTED} more`)
}

async function meet(fabric: Fabric, peers: readonly PeerHandle[]): Promise<void> {
  for (const peer of peers) {
    const others = peers.filter((other) => other !== peer)
    // Both ends dial, so that they often do so at the same time: two connections of one pair are no rare case.
    const neighbours = others.map(({ host, id }) => ({ address: `${fabric.addressOf(peer.host, host)}/p2p/${id}` }))
    await peer.call('keep', { neighbours })
  }
}

async function runRound(
  fabric: Fabric,
  links: readonly Link[],
  peers: readonly PeerHandle[],
  { round, kind, flags }: { readonly round: number; readonly kind: RoundKind; readonly flags: Flags }
): Promise<RoundResult> {
  const random = new SeededRandom(flags.seed, `round ${round}`)
  const plan = planFaults(kind, { random: random.stream('faults'), links, durationMs: flags.faultMs })
  const firstNumber = round * NUMBERS_PER_ROUND
  const work = planWork({ random: random.stream('work'), hosts: peers.length, blocks: flags.blocks, firstNumber })
  return await new Round({ fabric, links, peers, plan, work, patient: flags.long && kind === 'half-open' }).run()
}

const HEADER = 'round kind       wants      MB  fetched  standstill  agreed   woken  result'

function rowOf(round: number, kind: RoundKind, result: RoundResult, complaints: readonly string[]): string {
  const { wants, bytes, fetchedMs, standstillMs, agreedMs, wokenMs } = result
  const cells = [
    String(round + 1).padStart(5),
    kind.padEnd(10),
    String(wants).padStart(5),
    (bytes / 1e6).toFixed(1).padStart(7),
    ms(fetchedMs, 8),
    ms(standstillMs, 11),
    ms(agreedMs, 7),
    ms(wokenMs, 7)
  ]
  return `${cells.join(' ')}  ${complaints.length === 0 ? 'ok' : `${complaints.length} COMPLAINTS`}`
}

function ms(value: number, width: number): string {
  return `${value}ms`.padStart(width)
}

async function summarize(fabric: Fabric, peers: readonly PeerHandle[]): Promise<void> {
  const states = (await reportsOf(peers)).map(({ state }) => state)
  const { forwarded, bytes, lost, cuts, swallowed, missed } = fabric.stat()
  const sum = (figure: (state: (typeof states)[number]) => number): number =>
    states.reduce((total, state) => total + figure(state), 0)
  const unit = fabric.kind === 'namespaces' ? 'packets' : 'chunks'
  console.log(
    `${forwarded} ${unit} carried (${(bytes / 1e6).toFixed(0)} MB), ${lost} lost, ${missed} missed by the switch, ` +
      `${swallowed} swallowed by half-open connections; ${cuts} connections cut, ${sum((state) => state.redials)} dials; ` +
      `${sum((state) => state.duplicates)} of ${sum((state) => state.blocksReceived)} blocks came twice`
  )
}
