/** Checks who imports whom; see `layer-rules.ts`. Exits with 1 when a rule is broken, or when nothing was looked at. */
import { checkLayers } from './check-layers.ts'
import { PROJECT } from './source-tree.ts'

const { modules, violations } = await checkLayers(PROJECT)
for (const violation of violations) console.error(violation)
console.log(`layers: ${modules} modules looked at, ${violations.length} rules broken`)
if (violations.length > 0) process.exitCode = 1
