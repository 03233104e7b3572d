import type { CommandContext } from '../context.js';
import { writeEnvelope } from '../envelope.js';
import { ExitCode } from '../exit-code.js';

/** `cobre version`. */
export async function versionCommand(context: CommandContext): Promise<ExitCode> {
  const solver = await context.library.solverVersion();
  const data = {
    version: context.version,
    node_version: process.versions.node,
    solver_backend: 'highs',
    solver_version: solver,
    platform: process.platform,
    arch: process.arch,
  };
  if (context.format !== 'human') {
    writeEnvelope(context, { command: 'version', exitCode: ExitCode.success, data });
  } else {
    context.stdout.write(
      `cobre ${data.version}\nnode  ${data.node_version}\nhighs ${data.solver_version}\n${data.platform} ${data.arch}\n`,
    );
  }
  return ExitCode.success;
}
