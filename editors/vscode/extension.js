// Starts `gristmill lsp` for .wrangle files and connects VS Code with it.
const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const settings = workspace.getConfiguration("gristmill");
  const command = settings.get("command");
  client = new LanguageClient(
    "gristmill",
    "Gristmill",
    { command, args: settings.get("arguments") },
    { documentSelector: [{ language: "wrangle" }] },
  );
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `Gristmill's language server did not start (${error.message}). ` +
        `Install it with: pip install 'gristmill[lsp]', and set gristmill.command if '${command}' is not found.`,
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running?.isRunning()) {
    await running.stop();
  }
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("gristmill.restart", async () => {
      await stop();
      await start();
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
