const majorMin = 24

/** Why a version of Node cannot run the sources, and what to do; undefined where it can. (Those that know no types say so by themselves.) */
export function refusedNode(version: string): string | undefined {
  if (Number.parseInt(version) >= majorMin) return undefined
  return `redoubt: this is Node ${version}, and ${majorMin} is needed: run bin/redoubt or npx redoubt, which use the one that 'npm ci' brought`
}
