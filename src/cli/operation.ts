import { Argument, type Command, Option } from 'commander'
import { completionFor, shells } from './completion.ts'
import { type DoctorOptions, examine } from './doctor.ts'
import { type ReloadOptions, reloadServer } from './reload/reload.ts'
import { reloadWaitMsMax } from './reload/wish.ts'
import { showStatus, type StatusOptions } from './status.ts'
import { wholeNumber } from './whole-number.ts'

/** Adds `redoubt reload`. */
export function declareReload(program: Command): void {
  program
    .command('reload')
    .summary('put a successor in its place, and fail no request')
    .description(
      'Have the server of a data directory start its successor, from the code that is installed now, and hand its sockets over to it: ' +
        'no request fails.',
    )
    .option('--data <directory>', 'the data directory of the server', '.redoubt')
    .addOption(
      new Option(
        '--wait <seconds>',
        'how long functions that run may hold it up, and requests at the edge may then take; up to 900',
      )
        .default(60)
        .argParser((text) => wholeNumber(text, 0, reloadWaitMsMax / 1000)),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ redoubt reload
  $ redoubt reload --data /var/lib/redoubt      after an upgrade of the package
  $ redoubt reload --wait 900                   no function is cut, however long it may run

The server serves on while a function runs that may outlast a stop, by its time limit; then it hands over, which takes moments. What has
not ended by then has ten seconds more.

The successor has the options, the environment and the numbers of workers that the server was started with; to change them, stop and
start. Where it does not start, the server serves on. Exit codes: 0 the successor serves; 1 it does not; 3 no server runs.`,
    )
    .action((options: ReloadOptions) => reloadServer(options))
}

/** Adds `redoubt doctor` and `status`. */
export function declareLooks(program: Command): void {
  program
    .command('doctor')
    .summary('what this machine lacks, and what to do about it')
    .description('Look at what a server needs of this machine, and say what to do about what is missing.')
    .option('--data <directory>', 'the data directory', '.redoubt')
    .option('--json', 'print JSON, for programs', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ redoubt doctor --data /var/lib/redoubt\n\nExit codes: 0 nothing fails (there may be warnings); 1 something does.',
    )
    .action((options: DoctorOptions) => examine(options))
  program
    .command('status')
    .summary('how a server is: uptime, workers, sizes, listeners')
    .description('Show how the server of a data directory is: uptime, workers, sizes, listeners, detectors.')
    .option('--data <directory>', 'the data directory of the server', '.redoubt')
    .option('--json', 'print JSON, for programs', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ redoubt status --data /var/lib/redoubt\n  $ redoubt status --json | jq .uptimeMs\n\nExit codes: 0 it runs; 3 none runs.',
    )
    .action((options: StatusOptions) => showStatus(options))
}

/** Adds `redoubt completion`. */
export function declareCompletion(program: Command): void {
  program
    .command('completion')
    .summary('complete commands and options: bash, zsh, fish')
    .description('Print a script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(redoubt completion bash)\n  $ redoubt completion fish > ~/.config/fish/completions/redoubt.fish',
    )
    .action((shell: (typeof shells)[number]) => console.log(completionFor(program, shell)))
}
