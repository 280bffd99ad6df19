import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Credentials, Lifetime } from '../server.ts'
import { environment, run } from '../clients/aws-cli.ts'

/** Terraform with the official AWS provider at hand, or why not. */
export type Terraform =
  { readonly ready: true; readonly mirror: string } | { readonly ready: false; readonly why: string }

/** The version that examples/terraform asks for. */
const provider = 'registry.terraform.io/hashicorp/aws'
const providerVersion = '5.100.0'

/**
 * Looks for `terraform` and for a folder that holds the AWS provider; fetches nothing.
 * Source: Terraform CLI documentation, "CLI Configuration File", implied local mirror directories; packages of a whole machine are
 * often unpacked below /opt as well.
 */
export function findTerraform(): Terraform {
  const { status } = spawnSync('terraform', ['version'], { env: neutral, stdio: 'ignore' })
  if (status !== 0) return { ready: false, why: 'terraform is not installed' }
  const mirrors = [
    process.env['TF_PLUGIN_CACHE_DIR'] ?? '',
    join(homedir(), '.terraform.d/plugins'),
    join(homedir(), '.local/share/terraform/plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    ...globSync('/opt/*/registry.terraform.io').map((folder) => join(folder, '..')),
  ]
  const mirror = mirrors.find((folder) => folder !== '' && holdsProvider(folder))
  if (mirror !== undefined) return { ready: true, mirror }
  const fetchIt =
    "'terraform providers mirror ~/.terraform.d/plugins' in examples/terraform/iam fetches it, 150 MB"
  return { ready: false, why: `the AWS provider ${providerVersion} is in no plug-in folder (${fetchIt})` }
}

/** As the folders of providers name it. */
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`

/** A copy of an example's folder in which Terraform runs as a person would, against one server. */
export interface Workspace {
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly run: (
    parameters: readonly string[],
    more?: Readonly<Record<string, string>>,
  ) => ReturnType<typeof run>
}

/** Makes a workspace below a new folder; Terraform takes providers from the mirror alone, and nothing of the machine's own. */
export function openWorkspace(
  folder: string,
  example: string,
  { mirror, url, credentials }: { mirror: string; url: string; credentials: Credentials },
): Workspace {
  const directory = join(folder, 'configuration')
  mkdirSync(directory, { recursive: true })
  for (const file of globSync('*.tf', { cwd: example })) cpSync(join(example, file), join(directory, file))
  const configuration = join(folder, 'terraform.rc')
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  )
  const env = {
    ...environment(url, credentials, 'us-east-1'),
    ...neutral,
    HOME: folder,
    TF_CLI_CONFIG_FILE: configuration,
    TF_CLI_ARGS_apply: '-auto-approve',
    TF_CLI_ARGS_destroy: '-auto-approve',
  }
  return {
    directory,
    env,
    run: (parameters, more) =>
      run('terraform', [`-chdir=${directory}`, ...parameters, '-no-color'], { ...env, ...more }),
  }
}

/**
 * Starts the provider that `terraform init` chose, once for all commands that follow in a workspace; gives what their environment needs
 * besides. By itself each command starts it several times, which is most of its work. It ends with the test.
 * Source: Terraform Plugin Development, "Debugging providers", and `TF_REATTACH_PROVIDERS` there.
 */
export async function attachProvider(
  t: Pick<Lifetime, 'after'>,
  { directory, env }: Workspace,
): Promise<Readonly<Record<string, string>>> {
  const folder = join(directory, '.terraform/providers', provider, providerVersion, platform)
  const file = readdirSync(folder).find((name) => name.startsWith('terraform-provider-aws'))
  assert.ok(file !== undefined, `there is no provider in ${folder}`)
  // Its socket goes with the workspace; Terraform says what it answered, and nobody reads what it logs.
  const child = spawn(join(folder, file), ['-debug'], {
    cwd: directory, // As Terraform would: configurations name files from there.
    env: { ...env, ...silent, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.after(() => child.kill('SIGKILL'))
  const value = await new Promise<string>((resolve, reject) => {
    let printed = ''
    // Read to its end: who writes into a closed pipe is ended.
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      const said = /TF_REATTACH_PROVIDERS='(?<value>.*)'/.exec(printed)?.groups?.['value']
      if (said !== undefined) resolve(said)
    })
    child.once('close', () => reject(new Error(`the provider ended, and had printed: ${printed}`)))
  })
  return { TF_REATTACH_PROVIDERS: value }
}

/** A provider logs all that it does, for Terraform to choose from. Source: Terraform Plugin Development, "Managing Log Output". */
const silent = Object.fromEntries(
  ['PROVIDER_AWS', 'SDK', 'SDK_FRAMEWORK', 'SDK_HELPER_SCHEMA', 'SDK_MUX', 'SDK_PROTO'].map((part) => [
    `TF_LOG_${part}`,
    'off',
  ]),
)

/** No look for news, no questions, no configuration. */
const neutral = {
  PATH: process.env['PATH'],
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
  TF_INPUT: '0',
  TF_CLI_CONFIG_FILE: '/dev/null',
}

/** Unpacked by version and platform, or packed as a zip of both. */
function holdsProvider(mirror: string): boolean {
  return [`${providerVersion}/${platform}`, `terraform-provider-aws_${providerVersion}_${platform}.zip`].some(
    (place) => existsSync(join(mirror, provider, place)),
  )
}
