/** Shown under /console while there is no built console. */
export const missingConsolePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The console is not built</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem; }
  code { font: 0.95em ui-monospace, monospace; padding: 0.1em 0.35em; border-radius: 4px; background: color-mix(in srgb, currentColor 10%, transparent); }
</style>
</head>
<body>
<h1>The console is not built</h1>
<p>The server runs, and its APIs answer. Only the files of the console are missing.</p>
<p>In the checkout run <code>npm run build</code>, or stop the server and run <code>npm start</code>, which builds what is missing. Then load this page again.</p>
</body>
</html>
`
