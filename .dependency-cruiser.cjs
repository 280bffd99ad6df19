const { globSync } = require('node:fs')

// Imports point down this list only (ARCHITECTURE.md, "The map"). A layer may import itself where it is one subject.
const layers = [
  'cli',
  'composition',
  'edge',
  'services',
  'functions',
  'resolver',
  'telemetry',
  'core',
  'wire',
  'engines',
]

const downwards = layers.map((layer, index) => ({
  name: `${layer}-imports-down`,
  comment: `src/${layer} may only import what stands below it`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(main\\.ts|(${layers.slice(0, index).join('|') || 'none'})/)` },
}))

// A folder with an index.ts is entered by it alone. A folder within may have a door of its own: that one is open too.
const rooms = globSync('src/**/index.ts', { cwd: __dirname }).map((file) =>
  file.slice(0, -'/index.ts'.length),
)
const doors = rooms.map((room) => ({
  name: `door-of-${room.slice('src/'.length).replaceAll('/', '-')}`,
  comment: `from outside, ${room} is entered by an index.ts`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^${room}/` },
  to: { path: `^${room}/`, pathNot: `^(${rooms.join('|')})/index\\.ts$` },
}))

module.exports = {
  forbidden: [
    ...downwards.filter((rule) => !rule.name.startsWith('cli')),
    {
      name: 'composition-is-main',
      comment: 'src/composition is the inside of src/main.ts: nobody else puts parts together',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts|composition/)' },
      to: { path: '^src/composition/' },
    },
    {
      name: 'services-meet-in-main',
      comment: "a service never imports another's inside: interfaces are handed over in src/main.ts",
      severity: 'error',
      from: { path: '^src/services/([^/]+)/' },
      to: { path: '^src/services/', pathNot: '^src/services/$1/' },
    },
    {
      name: 'engines-stand-alone',
      comment: 'an engine is a library: it imports nothing of the project outside itself',
      severity: 'error',
      from: { path: '^src/engines/([^/]+)/' },
      to: { path: '^src/', pathNot: '^src/engines/$1/' },
    },
    {
      name: 'wire-imports-no-engine',
      severity: 'error',
      from: { path: '^src/wire/' },
      to: { path: '^src/engines/' },
    },
    ...doors,
    {
      name: 'edge-processes-have-no-store',
      comment:
        "what reads strangers' bytes is told what it knows (docs/decisions/0008): only the supervisor reads the store",
      severity: 'error',
      from: { path: '^src/edge/(?!supervisor/)' },
      to: { path: '^src/(core/store|services|telemetry)/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'engines-do-no-io',
      severity: 'error',
      from: { path: '^src/engines/' },
      to: { path: '^(node:)?(fs|net|http|https|child_process|worker_threads|sqlite|dns|tls)' },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' }, // Tests may reach for anything; the parser does not know their `using` either.
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
    },
  },
}
