import type { ConfigChange } from '../api/service/config-service.ts'

/** What came of a change of the settings, for people. */
export function changeLines({ changed, applied, restart, notes }: ConfigChange): readonly string[] {
  return [
    ...(changed.length === 0 ? ['nothing changed'] : []),
    ...(applied.length === 0 ? [] : [`in force now: ${applied.join(', ')}`]),
    ...(restart.length === 0 ? [] : [`restart needed: ${restart.join(', ')}`]),
    ...notes
  ]
}
