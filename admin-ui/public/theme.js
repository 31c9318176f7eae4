// Runs before the first paint so that a dark screen never flashes light. A file, not inline: the page's CSP allows no inline script.
;(() => {
  let scheme = 'auto'
  try {
    scheme = localStorage.getItem('plinth-theme') ?? 'auto'
  } catch {
    // Storage may be blocked; the system's choice is used.
  }
  const dark = scheme === 'dark' || (scheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
