import { GLOBAL_OPTIONS, type OptionSpec, type Route } from './route.ts'

/** One command as `commands` tells of it, in Kubo's keys. */
export interface CommandNode {
  readonly Name: string
  readonly Subcommands: readonly CommandNode[]
  readonly Options: readonly { readonly Names: readonly string[] }[]
}

/** All commands as a tree; with their options, if asked for. */
export function commandTree(routes: readonly Route[], withOptions: boolean): CommandNode {
  return {
    Name: 'barter',
    Subcommands: below(routes, '', withOptions),
    Options: withOptions ? GLOBAL_OPTIONS.map(optionNode) : []
  }
}

function below(routes: readonly Route[], parent: string, withOptions: boolean): readonly CommandNode[] {
  const inside = routes.filter(({ path }) => path.startsWith(parent))
  const names = [...new Set(inside.map(({ path }) => path.slice(parent.length).split('/')[0] ?? ''))].sort()
  return names.map((Name) => {
    const own = routes.find(({ path }) => path === parent + Name)
    return {
      Name,
      Subcommands: below(routes, `${parent}${Name}/`, withOptions),
      Options: withOptions ? (own?.options ?? []).map(optionNode) : []
    }
  })
}

function optionNode({ name, also = [] }: OptionSpec): { Names: readonly string[] } {
  return { Names: [name, ...also] }
}
