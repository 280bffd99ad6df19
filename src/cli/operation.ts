import { Argument, type Command } from 'commander'
import { completionFor, shells } from './completion.ts'
import { type DoctorOptions, examine } from './doctor.ts'
import { type ReloadOptions, reloadServer } from './reload/reload.ts'
import { showStatus, type StatusOptions } from './status.ts'

/** Adds `redoubt reload`, `status`, `doctor` and `completion`. */
export function declareOperation(program: Command): void {
  program
    .command('reload')
    .description(
      'Have the server of a data directory start its successor, from the code that is installed now, and hand its sockets over to it: ' +
        'no request fails.',
    )
    .option('--data <directory>', 'the data directory of the server', '.redoubt')
    .addHelpText(
      'after',
      `
Examples:
  $ redoubt reload
  $ redoubt reload --data /var/lib/redoubt      after an upgrade of the package

The successor has the options, the environment and the numbers of workers that the server was started with; to change them, stop and
start. Where it does not start, the server serves on. Exit codes: 0 the successor serves; 1 it does not; 3 no server runs.`,
    )
    .action((options: ReloadOptions) => reloadServer(options))
  program
    .command('status')
    .description('Show how the server of a data directory is: uptime, workers, sizes, listeners, detectors.')
    .option('--data <directory>', 'the data directory of the server', '.redoubt')
    .option('--json', 'print JSON, for programs', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ redoubt status --data /var/lib/redoubt\n  $ redoubt status --json | jq .uptimeMs\n\nExit codes: 0 it runs; 3 none runs.',
    )
    .action((options: StatusOptions) => showStatus(options))
  program
    .command('doctor')
    .description('Look at what a server needs of this machine, and say what to do about what is missing.')
    .option('--data <directory>', 'the data directory', '.redoubt')
    .option('--json', 'print JSON, for programs', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ redoubt doctor --data /var/lib/redoubt\n\nExit codes: 0 nothing fails (there may be warnings); 1 something does.',
    )
    .action((options: DoctorOptions) => examine(options))
  program
    .command('completion')
    .description('Print a script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(redoubt completion bash)\n  $ redoubt completion fish > ~/.config/fish/completions/redoubt.fish',
    )
    .action((shell: (typeof shells)[number]) => console.log(completionFor(program, shell)))
}
