import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'
import { LIBP2P, layerRules } from './layer-rules.ts'
import { ACTOR_FOLDERS, isPure, readTree } from './source-tree.ts'

export interface LayerReport {
  readonly modules: number
  /** One line each: the rule, who imports, what. */
  readonly violations: readonly string[]
}

const START_OF_COMMAND_LINE = 'src/cli/main.ts'

/**
 * Checks who imports whom in the project at `root`. Throws when it found no modules: a tool that looked at nothing must
 * not report that all is well.
 */
export async function checkLayers(root: string): Promise<LayerReport> {
  const actors = ACTOR_FOLDERS.map((folder) => `src/${folder}`).filter((folder) => existsSync(join(root, folder)))
  const pure = readTree(root, actors, ['.ts']).filter(isPure)
  const whole = await run(root, ['src'], layerRules(pure.map(({ path }) => path)), { tsPreCompilationDeps: true })
  const commandLine = existsSync(join(root, START_OF_COMMAND_LINE)) ? await checkCommandLine(root) : []
  return { modules: whole.modules, violations: [...whole.violations, ...commandLine] }
}

/** The command line starts fast: what it needs from the first moment holds no libp2p, only what it loads later does. */
async function checkCommandLine(root: string): Promise<readonly string[]> {
  const rule: IForbiddenRuleType = {
    name: 'the command line starts without libp2p',
    severity: 'error',
    from: { path: `^${START_OF_COMMAND_LINE.replace('.', '\\.')}$` },
    to: { path: LIBP2P, reachable: true }
  }
  const report = await run(root, [START_OF_COMMAND_LINE], [rule], { exclude: { dynamic: true } })
  return report.violations
}

async function run(
  root: string,
  paths: string[],
  forbidden: IForbiddenRuleType[],
  options: ICruiseOptions
): Promise<LayerReport> {
  const cruised = await cruise(
    paths,
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden },
      doNotFollow: { path: 'node_modules' },
      moduleSystems: ['es6'],
      detectProcessBuiltinModuleCalls: false,
      ...options
    },
    {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js']
    }
  )
  const { modules, summary } = resultOf(cruised.output)
  const ours = modules.filter((module) => /^src\/.*\.tsx?$/u.test(module.source))
  if (ours.length === 0) throw new Error(`no modules found in ${paths.join(', ')}: nothing was checked`)
  const violations = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)
  return { modules: ours.length, violations }
}

function resultOf(output: ICruiseResult | string): ICruiseResult {
  if (typeof output === 'string') throw new Error(`expected a result, but got text: ${output.slice(0, 200)}`)
  return output
}
