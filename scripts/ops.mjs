import { OpsClient, Refused } from './ops/client.mjs';
import { commands } from './ops/commands.mjs';
import { help, readArguments, UsageError } from './ops/arguments.mjs';

// Exit codes: 0 done, 1 refused or out of reach, whole or in part, 2 called wrongly.
try {
  const { name, values, json } = readArguments(process.argv.slice(2));
  if (name === 'help') console.log(help);
  else {
    const command = commands[name];
    const answer = await command.ask(new OpsClient(process.env), values);
    console.log(json ? JSON.stringify(answer, null, 2) : command.show(answer, values));
    if (command.incomplete?.(answer)) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof Refused)) throw error;
  console.error(error.message);
  if (error instanceof UsageError) console.error('npm run ops -- --help tells how.');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
