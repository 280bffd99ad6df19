// What a web ACL with every managed rule group blocks, of each class of a corpus of attacks, and of benign requests.
// `node bench/waf-quality.ts <corpus.jsonl.gz> [--misses class] [--hits rule|all]`; or the corpus in INJECTION_CORPUS.
import { existsSync } from 'node:fs'
import type { CompiledWebACL } from '#engines/waf/index.ts'
import { type CorpusRequest, readCorpus } from './injection-requests.ts'
import { table } from './table.ts'
import { everyGroup } from './waf-acl.ts'
import { webRequest } from './waf-requests.ts'

const options = process.argv.slice(2)
const option = (name: string): string | undefined =>
  options.includes(name) ? options[options.indexOf(name) + 1] : undefined
const path = options[0]?.startsWith('--') === false ? options[0] : process.env['INJECTION_CORPUS']
if (path === undefined || !existsSync(path)) {
  console.log(
    `SKIPPED: no corpus of attacks at ${path ?? 'INJECTION_CORPUS'}; name one as the first argument.`,
  )
} else await measure(path)

async function measure(file: string): Promise<void> {
  const requests = readCorpus(file)
  const acl = everyGroup()
  const classes = new Map<string, { seen: number; hit: number }>()
  const rules = new Map<string, { block: number; pass: number }>()
  const totals = { block: { seen: 0, hit: 0 }, pass: { seen: 0, hit: 0 } }
  for (const request of requests) {
    const parsed = await webRequest(request)
    const rule = parsed === undefined ? 'refused by the parser' : blockingRule(acl, parsed)
    const row = classes.get(request.class) ?? { seen: 0, hit: 0 }
    classes.set(request.class, row)
    for (const counts of [row, totals[request.expect]]) {
      counts.seen += 1
      if (rule !== undefined) counts.hit += 1
    }
    if (rule === undefined) {
      if (option('--misses') === request.class) console.log(request.id, described(request))
      continue
    }
    const count = rules.get(rule) ?? { block: 0, pass: 0 }
    rules.set(rule, count)
    count[request.expect] += 1
    const wanted = option('--hits')
    if (request.expect === 'pass' && (wanted === 'all' || wanted === rule))
      console.log(request.id, request.class, rule, described(request))
  }
  print(classes, rules)
  const share = (which: 'block' | 'pass'): string =>
    `${totals[which].hit} of ${totals[which].seen} (${percent(totals[which])})`
  console.log(
    `\ncapacity ${acl.capacity}; attacks blocked ${share('block')}, benign blocked ${share('pass')}`,
  )
}

function blockingRule(
  acl: CompiledWebACL,
  request: Parameters<CompiledWebACL['inspect']>[0],
): string | undefined {
  const { action, terminatingRule } = acl.inspect(request, 0)
  return action.type === 'ALLOW'
    ? undefined
    : `${terminatingRule?.rule}/${terminatingRule?.withinGroup?.rule ?? ''}`
}

function described(request: CorpusRequest): string {
  const raw =
    request.raw_b64 === undefined ? undefined : Buffer.from(request.raw_b64, 'base64').toString('latin1')
  const whole =
    raw ?? `${request.method} ${request.target} ${JSON.stringify(request.headers)} ${request.body ?? ''}`
  return JSON.stringify(whole.slice(0, 1_500))
}

function percent({ seen, hit }: { readonly seen: number; readonly hit: number }): string {
  return `${((100 * hit) / Math.max(1, seen)).toFixed(1)} %`
}

function print(
  classes: ReadonlyMap<string, { readonly seen: number; readonly hit: number }>,
  rules: ReadonlyMap<string, { readonly block: number; readonly pass: number }>,
): void {
  const sorted = <Row>(rows: ReadonlyMap<string, Row>): readonly (readonly [string, Row])[] =>
    [...rows].sort(([a], [b]) => (a < b ? -1 : 1))
  console.log(
    table(
      ['class', 'requests', 'blocked', 'share'],
      sorted(classes).map(([name, row]) => [name, `${row.seen}`, `${row.hit}`, percent(row)]),
    ),
  )
  console.log(
    `\n${table(
      ['rule that blocked', 'attacks', 'benign'],
      sorted(rules).map(([name, row]) => [name, `${row.block}`, `${row.pass}`]),
    )}`,
  )
}
