// What the injection detectors find by themselves, of each class of a corpus of attacks, and what they say of benign requests.
// `node bench/injection-quality.ts <corpus.jsonl.gz> [--misses class] [--hits detector]`; or the corpus in INJECTION_CORPUS.
import { existsSync } from 'node:fs'
import { detectors, type Place } from '#engines/waf/injection/index.ts'
import { type Part, placesOf, RequestTexts } from '#engines/waf/texts/index.ts'
import { type CorpusRequest, readCorpus } from './injection-requests.ts'
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

/** A text of a request, as the engine reads it, and where it stood. */
interface Piece {
  readonly place: Place
  readonly text: string
}

interface Hit {
  readonly detector: string
  readonly piece: Piece
}

async function measure(file: string): Promise<void> {
  const requests = readCorpus(file)
  const classes = new Map<string, { seen: number; hit: number }>()
  const counts = new Map<string, { attacks: number; benign: number; alone: number }>()
  const totals = { block: { seen: 0, hit: 0 }, pass: { seen: 0, hit: 0 } }
  for (const request of requests) {
    const pieces = await piecesOf(request)
    const hits = hitsOf(pieces)
    const row = classes.get(request.class) ?? { seen: 0, hit: 0 }
    classes.set(request.class, row)
    for (const tally of [row, totals[request.expect]]) {
      tally.seen += 1
      if (hits.length > 0) tally.hit += 1
    }
    const names = new Set(hits.map((hit) => hit.detector))
    for (const name of names) {
      const count = counts.get(name) ?? { attacks: 0, benign: 0, alone: 0 }
      counts.set(name, count)
      count[request.expect === 'block' ? 'attacks' : 'benign'] += 1
      if (names.size === 1 && request.expect === 'block') count.alone += 1
    }
    show(request, pieces, hits)
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
      sorted(counts).map(([name, row]) => [name, `${row.attacks}`, `${row.alone}`, `${row.benign}`]),
    )}`,
  )
  console.log(
    `\nattacks ${totals.block.hit} of ${totals.block.seen} (${share(totals.block.hit, totals.block.seen)}), benign ${totals.pass.hit} of ${totals.pass.seen} (${share(totals.pass.hit, totals.pass.seen)})`,
  )
}

function sorted<Row>(rows: ReadonlyMap<string, Row>): readonly (readonly [string, Row])[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Of what the parser refuses, nothing: an edge answers it itself. */
async function piecesOf(request: CorpusRequest): Promise<readonly Piece[]> {
  const parsed = await webRequest(request)
  if (parsed === undefined) return []
  const texts = new RequestTexts(parsed)
  const parts = Object.keys(placesOf) as Part[] // A literal's keys.
  return parts.flatMap((part) =>
    placesOf[part].flatMap((place) => texts.of(part, place).map((text) => ({ place, text }))),
  )
}

function hitsOf(pieces: readonly Piece[]): readonly Hit[] {
  return pieces.flatMap((piece) =>
    detectors
      .filter(({ places, test }) => (places?.includes(piece.place) ?? true) && test(piece.text))
      .map(({ name }) => ({ detector: name, piece })),
  )
}

function show(request: CorpusRequest, pieces: readonly Piece[], hits: readonly Hit[]): void {
  if (option('--misses') === request.class && hits.length === 0) {
    const long = pieces.filter((piece) => piece.place !== 'header')
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
