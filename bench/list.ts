/** One benchmark: a file of this folder, run in a process of its own. */
export interface Bench {
  readonly title: string
  /** What ours is measured beside, in the same run; or why there is nothing. */
  readonly peer: string
  /** Whether it draws a picture, which stands beside the page. */
  readonly draws?: boolean
}

/** All of them, in the order of running. */
export const benches: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  [
    'decide',
    {
      title: 'Authorization decisions a second, beside Cedar in Go and in WebAssembly',
      peer: 'cedar-go, cedar-wasm',
    },
  ],
  [
    'signatures',
    {
      title: 'Signatures verified and made, beside @smithy/signature-v4 and the sums alone',
      peer: '@smithy/signature-v4; node:crypto doing the sums alone',
    },
  ],
  [
    'store',
    {
      title: 'Durable commits of the store by itself, beside SQLite alone',
      peer: 'node:sqlite, a synced commit for each document',
    },
  ],
  [
    'http',
    {
      title: 'Signed calls over HTTP, beside moto and a bare node:http server',
      peer: 'moto; node:http, bare and with SigV4 sums',
    },
  ],
  ['writes', { title: 'Durable CreateUser over HTTP, start and memory', peer: 'moto, which keeps nothing' }],
  [
    'edge',
    {
      title: 'The edge, plain and guarded, beside proxies and web application firewalls',
      peer: 'nginx, Go’s ReverseProxy, undici, node:net; ModSecurity and Coraza with CRS',
    },
  ],
  [
    'edge-quality',
    {
      title: 'What web application firewalls block of a corpus of attacks',
      peer: 'ModSecurity and Coraza with CRS',
    },
  ],
  [
    'detect-quality',
    {
      title:
        'What detection sees of known techniques, and says of their harmless twins and of quiet fortnights',
      peer: 'none that can be run: rates of finding, not of speed',
    },
  ],
  [
    'waf',
    {
      title: 'Inspecting a request with web ACLs, beside sets of regular expressions alone',
      peer: 'V8’s regular expressions and re2js; whole firewalls stand in `edge`',
    },
  ],
  ['events', { title: "Event patterns, beside AWS's event-ruler", peer: 'event-ruler' }],
  [
    'put-events',
    {
      title: 'From PutEvents to a function, warm and cold',
      peer: 'none: no other cloud here runs functions; what Node takes to start bounds the cold one',
    },
  ],
  ['sqs', { title: 'Messages sent, received and deleted over HTTP, beside moto', peer: 'moto' }],
  ['logs', { title: 'Log events put, read and searched, beside moto', peer: 'moto, which keeps nothing' }],
  [
    'lake',
    {
      title: 'SQL over audit records, beside DuckDB over their JSON',
      peer: 'DuckDB that reads the records as JSON',
    },
  ],
  [
    'kms',
    {
      title: 'Keys in use over HTTP and signing, beside moto, openssl and node:http that encrypts',
      peer: 'node:http with SigV4 sums and AES-GCM; moto; openssl speed',
    },
  ],
  [
    'detect',
    {
      title: 'Records through all detectors from their text, beside sigma-rust, and what detection remembers',
      peer: 'sigma-rust; JSON.parse alone',
    },
  ],
  [
    'growth',
    {
      title: 'How cost grows: 1, 10, 100 times as many',
      peer: 'itself, with the fewest',
      draws: true,
    },
  ],
])
