// What a web ACL with every managed rule group blocks, of each class of a corpus of attacks, and of benign requests.
// `node bench/waf-quality.ts <corpus.jsonl.gz> [--misses class] [--hits rule|all]`; or the corpus in INJECTION_CORPUS.
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  type CompiledWebACL,
  compileWebACL,
  managedRuleGroup,
  managedRuleGroups,
  SlidingCounter,
} from '#engines/waf/index.ts'
import type { CorpusRequest } from './injection-requests.ts'
import { table } from './table.ts'
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

/** The web ACL of every group; bot control only counts: it is for who wants no programs at all, and APIs' clients are some. */
function everyGroup(): CompiledWebACL {
  const groups = managedRuleGroups()
  const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true }
  const outcome = compileWebACL(
    {
      Name: 'every-group',
      ARN: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/every-group/1',
      LabelNamespace: 'awswaf:111122223333:webacl:every-group:',
      DefaultAction: { Allow: {} },
      VisibilityConfig: { ...visibility, MetricName: 'every-group' },
      Rules: groups.map(({ VendorName, Name }, Priority) => ({
        Name,
        Priority,
        Statement: { ManagedRuleGroupStatement: { VendorName, Name } },
        OverrideAction: Name === 'AWSManagedRulesBotControlRuleSet' ? { Count: {} } : { None: {} },
        VisibilityConfig: { ...visibility, MetricName: Name },
      })),
    },
    {
      addressSet: () => undefined,
      regexPatternSet: () => undefined,
      ruleGroup: () => undefined,
      managedRuleGroup: (vendor, name, version) => managedRuleGroup(groups, vendor, name, version),
      locate: () => undefined,
      autonomousSystem: () => undefined,
    },
    new SlidingCounter(),
  )
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal))
  return outcome.value
}

async function measure(file: string): Promise<void> {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n').filter(Boolean)
  // The corpus's own tool writes these lines; a line of another form fails on its first use.
  const requests = lines.map((line) => JSON.parse(line) as CorpusRequest)
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
