import type { CommandRecord, SystemInfo } from '../service/diagnostics-service.ts'
import { readDuration } from '../formats/duration.ts'
import { asKuboRefuses } from '../formats/kubo-duration.ts'
import { EMPTY, firstArg, flag, json, type Route } from '../server/route.ts'

/** Kubo's moment that is none. */
const NEVER = '0001-01-01T00:00:00Z'

export const DIAGNOSTICS_ROUTES: readonly Route[] = [
  {
    path: 'diag/cmds',
    options: [{ name: 'verbose', also: ['v'], type: 'bool' }],
    run: async (service, call) => {
      const isVerbose = flag(call, 'verbose')
      const records = await service.diagnostics.commands()
      return json(records.map((record) => recordJson(record, isVerbose)))
    }
  },
  {
    path: 'diag/cmds/clear',
    run: async (service) => {
      await service.diagnostics.clearCommands()
      return EMPTY
    }
  },
  {
    path: 'diag/cmds/set-time',
    arg: { name: 'time', min: 1 },
    run: async (service, call) => {
      const refusal = asKuboRefuses({ kind: 'command' })
      await service.diagnostics.keepCommands(readDuration(firstArg(call), { refusal }))
      return EMPTY
    }
  },
  { path: 'diag/sys', run: async (service) => json(systemJson(await service.diagnostics.system())) },
  {
    path: 'diag/healthy',
    run: async (service, { signal }) => {
      await service.diagnostics.check({ signal })
      return json('ok')
    }
  }
]

/** Arguments and options may name what somebody reads: only who asks for all sees them. */
function recordJson(record: CommandRecord, isVerbose: boolean): unknown {
  const { id, command, args, options, startedAt, endedAt } = record
  return {
    StartTime: new Date(startedAt).toISOString(),
    EndTime: endedAt === undefined ? NEVER : new Date(endedAt).toISOString(),
    Active: endedAt === undefined,
    Command: command,
    Options: isVerbose ? options : {},
    Args: isVerbose ? args : [],
    ID: id
  }
}

/** Kubo's names where it has any. No environment: it may hold secrets. */
function systemJson({ version, runtime, system, processors, uptimeMs, memory, disk, online }: SystemInfo): unknown {
  const [arch, os] = system.split('/')
  return {
    diskinfo: { path: disk.path, free_space: disk.free, total_space: disk.total },
    ipfs_version: version,
    ipfs_commit: '',
    memory: { rss: memory.rss, heap: memory.heapUsed, external: memory.external, virt: memory.total },
    net: { online },
    runtime: { arch, os, compiler: 'v8', version: runtime, numcpu: processors, gomaxprocs: processors, uptimeMs }
  }
}
