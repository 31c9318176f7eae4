// Nest injection tokens for values that every lib may ask for. Injection is explicit everywhere (`@Inject(TOKEN)`):
// the build (esbuild) writes no decorator metadata, so a parameter's type alone injects nothing.

/** Token of the process's {@link Logger}. */
export const LOGGER = Symbol('Logger')
/** Token of the {@link Clock}. */
export const CLOCK = Symbol('Clock')
