// What the injection detectors find by themselves, of each class of a corpus of attacks, and what they say of benign requests.
// `node bench/injection-quality.ts <corpus.jsonl.gz> [--misses class] [--hits detector]`; or the corpus in INJECTION_CORPUS.
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { detect } from '#engines/waf/injection/index.ts'
import { piecesOf, type CorpusRequest, type Piece } from './injection-requests.ts'
import { table } from './table.ts'

const options = process.argv.slice(2)
const option = (name: string): string | undefined =>
  options.includes(name) ? options[options.indexOf(name) + 1] : undefined
const path = options[0]?.startsWith('--') === false ? options[0] : process.env['INJECTION_CORPUS']
if (path === undefined || !existsSync(path)) {
  console.log(
    `SKIPPED: no corpus of attacks at ${path ?? 'INJECTION_CORPUS'}; name one as the first argument.`,
  )
} else measure(path)

interface Hit {
  readonly detector: string
  readonly piece: Piece
}

function measure(file: string): void {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n').filter(Boolean)
  // The corpus's own tool writes these lines; a line of another form fails on its first use.
  const requests = lines.map((line) => JSON.parse(line) as CorpusRequest)
  const classes = new Map<string, { seen: number; hit: number }>()
  const detectors = new Map<string, { attacks: number; benign: number; alone: number }>()
  const totals = { block: { seen: 0, hit: 0 }, pass: { seen: 0, hit: 0 } }
  for (const request of requests) {
    const hits = hitsOf(request)
    const row = classes.get(request.class) ?? { seen: 0, hit: 0 }
    classes.set(request.class, row)
    for (const counts of [row, totals[request.expect]]) {
      counts.seen += 1
      if (hits.length > 0) counts.hit += 1
    }
    const names = new Set(hits.map((hit) => hit.detector))
    for (const name of names) {
      const count = detectors.get(name) ?? { attacks: 0, benign: 0, alone: 0 }
      detectors.set(name, count)
      count[request.expect === 'block' ? 'attacks' : 'benign'] += 1
      if (names.size === 1 && request.expect === 'block') count.alone += 1
    }
    show(request, hits)
  }
  const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`
  console.log(
    table(
      ['class', 'requests', 'detected', 'share'],
      sorted(classes).map(([name, row]) => [name, `${row.seen}`, `${row.hit}`, share(row.hit, row.seen)]),
    ),
  )
  console.log(
    `\n${table(
      ['detector', 'attacks', 'alone', 'benign'],
      sorted(detectors).map(([name, row]) => [name, `${row.attacks}`, `${row.alone}`, `${row.benign}`]),
    )}`,
  )
  console.log(
    `\nattacks ${totals.block.hit} of ${totals.block.seen} (${share(totals.block.hit, totals.block.seen)}), benign ${totals.pass.hit} of ${totals.pass.seen} (${share(totals.pass.hit, totals.pass.seen)})`,
  )
}

function sorted<Row>(rows: ReadonlyMap<string, Row>): readonly (readonly [string, Row])[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1))
}

function hitsOf(request: CorpusRequest): readonly Hit[] {
  return piecesOf(request).flatMap((piece) =>
    detect(piece.text, piece.place).map((detector) => ({ detector, piece })),
  )
}

function show(request: CorpusRequest, hits: readonly Hit[]): void {
  if (option('--misses') === request.class && hits.length === 0) {
    const long = piecesOf(request).filter((piece) => piece.place !== 'header')
    console.log(request.id, JSON.stringify(long.map((piece) => piece.text.slice(0, 300)).slice(0, 14)))
  }
  if (request.expect === 'pass') {
    for (const hit of hits)
      if (option('--hits') === hit.detector || option('--hits') === 'all')
        console.log(
          request.id,
          request.class,
          hit.detector,
          hit.piece.place,
          JSON.stringify(hit.piece.text.slice(0, 400)),
        )
  }
}
